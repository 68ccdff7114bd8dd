import type { Session } from '@mooring/resources';
import { isLetGo } from '../../sessions/kept.js';
import { homeOf, phaseOf } from '../../sessions/status.js';
import type { SessionResource } from '../schemas/session.js';

/** Sessions are frozen, so what was made of one holds for as long as it is there. */
const made = new WeakMap<Session, SessionResource>();

/** A session as the API tells it: what it launches is left out but for the image, since secrets travel there. */
export function resourceOf(session: Session): SessionResource {
  const known = made.get(session);
  if (known !== undefined) return known;
  const resource = make(session);
  if (Object.isFrozen(session)) made.set(session, resource);
  return resource;
}

function make(session: Session): SessionResource {
  const { apiVersion, kind, metadata, spec, status } = session;
  const { finalizers: _, ...meta } = metadata;
  const { owner, templateRef, launch, running, idlePolicy } = spec;
  return {
    apiVersion,
    kind,
    metadata: meta,
    spec: { owner, ...(templateRef && { templateRef }), image: launch.image, running, ...(idlePolicy && { idlePolicy }) },
    status: { ...status, phase: phaseOf(session), letGo: isLetGo(session), url: homeOf(session) },
  };
}
