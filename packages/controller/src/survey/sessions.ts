import { getCondition, type Session } from '@mooring/resources';
import { explain } from '../sessions/explain.js';
import { isLeaving, type Observed, type ObservedService, runningContainer } from '../sessions/observed.js';
import { plan, wasReachable } from '../sessions/plan.js';
import type { Step } from '../sessions/step.js';

/** What the loop would do for a session now. */
export interface SurveyedSession {
  name: string;
  uid: string;
  owner: string;
  phase: Session['status']['phase'];
  step: Step['type'];
  why: string;
  service?: { id: string; name: string; state: string };
}

/** Services of one session, of which one is enough. By id. */
export interface Duplicates {
  session: string;
  kept: string;
  removed: string[];
}

/** A service of the stack that has the name which a session wants for its own. */
export interface NameHolder {
  id: string;
  name: string;
}

/**
 * The next step, by the loop's own rules. Whether the container answers and its route is live is taken from the record: to ask would look
 * like traffic. Pure.
 */
export function surveySession(session: Session, services: ObservedService[], holder?: NameHolder): SurveyedSession {
  const [service] = services;
  const step = plan(session, asRecorded(session, services));
  const { metadata, spec, status } = session;
  return {
    name: metadata.name,
    uid: metadata.uid,
    owner: spec.owner.name,
    phase: status.phase,
    step: step.type,
    why: why(step, session, holder),
    ...(service && { service: { id: service.id, name: service.name, state: service.state } }),
  };
}

function asRecorded(session: Session, services: ObservedService[]): Observed {
  const container = runningContainer(services[0]);
  const routed = getCondition(session.status.conditions, 'Routed');
  const isKnown = routed?.status === 'True' || routed?.reason === 'RouteNotLive';
  return {
    services,
    ...(container && wasReachable(session, container) && { reach: { ok: true, detail: 'as recorded' } }),
    ...(isKnown && { routed: { ok: routed.status === 'True', detail: 'as recorded' } }),
  };
}

function why(step: Step, session: Session, holder: NameHolder | undefined): string {
  if (step.type === 'create' && holder)
    return `Its service can't be created: ${holder.id} has the name ${holder.name} and is not this session's. Rename or remove that one.`;
  const { service } = session.status;
  if (step.type === 'create' && service)
    return `Its service ${service.name} (${service.id}) is not in the stack any more: it is asked for by its id, and created anew if it is gone.`;
  const said = session.status.phase === 'Failed' ? getCondition(session.status.conditions, 'Ready')?.message : undefined;
  return said === undefined || step.type === 'settled' ? explain(step) : `${explain(step)} Last time: ${said}`;
}

/** The services of a session that the loop would remove, as there is one that serves. */
export function duplicatesOf({ metadata }: Session, services: readonly ObservedService[]): Duplicates | undefined {
  const [kept, ...rest] = services.filter((service) => !isLeaving(service));
  if (!kept || rest.length === 0) return undefined;
  return { session: metadata.name, kept: kept.id, removed: rest.map(({ id }) => id) };
}
