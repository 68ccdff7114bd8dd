import { ConflictError, NotFoundError, POOL_LABEL, recordEvent, type Session } from '@mooring/resources';
import type { FastifyRequest } from 'fastify';
import type { Deed } from '../../audit/audit.js';
import { mayUse } from '../access.js';
import type { ApiContext } from '../context.js';
import { checkIfMatch, strongTag } from '../etag.js';
import { changing, conflict, otherVersion } from './conflict.js';
import { noSession } from './find.js';
import { resourceOf } from './resource.js';

/** What somebody wants of a session, and how it is called afterwards. */
export interface Change {
  action: Deed['action'];
  /** One CamelCase word for its Event. */
  reason: string;
  /** What follows the person's name in the note of its Event. */
  note: string;
  /** Writes it, with the request that asked for it; undefined where there is nothing to write. @throws as a store */
  write(session: Session, requestId: string): Promise<Session | undefined>;
  /** The resourceVersion that it is bound to. */
  version?: string | undefined;
}

/** Others write sessions too; after so many lost races in a row something is wrong. */
const ATTEMPTS = 5;

async function readOwn(request: FastifyRequest, name: string, { front }: ApiContext): Promise<Session> {
  const session = await front.store.get('Session', name);
  if (session === undefined || !mayUse(request.access, session)) throw noSession(name);
  return session;
}

/** @throws 412 or 409 where it was bound to another version */
function checkBound(request: FastifyRequest, session: Session, version: string | undefined): void {
  checkIfMatch(request, strongTag(resourceOf(session)));
  const { name, resourceVersion } = session.metadata;
  if (version !== undefined && version !== resourceVersion) throw otherVersion(`The session ${name}`, resourceVersion, version);
}

/** @throws 409 for what cannot be stopped, started or kept */
export function checkChangeable({ metadata: { name, labels, deletionTimestamp } }: Session): void {
  if (deletionTimestamp !== undefined) throw conflict('going', `The session ${name} is being deleted. Create it again once it is gone.`);
  if (labels[POOL_LABEL] !== undefined)
    throw conflict('in-pool', `The session ${name} waits in a pool for somebody to claim it. Change the pool's replicas, or delete it.`);
}

async function note(
  request: FastifyRequest,
  session: Session,
  { change, context }: { change: Change; context: ApiContext },
): Promise<void> {
  const { user } = request.access;
  const { metadata, spec } = session;
  const happening = { reason: change.reason, note: `${user} ${change.note}`, reportingController: 'api' };
  await recordEvent(context.front.store, session, happening).catch((err: unknown) =>
    request.log.warn({ err, session: metadata.name }, 'what somebody did to a session could not be recorded'),
  );
  if (spec.owner.name !== user)
    context.audit(request, { action: change.action, who: user, whose: spec.owner.name, session: metadata.name, outcome: 'done' });
}

/** What `write` makes of the session as it is now; read and decided again where somebody else wrote first. */
async function attempt(request: FastifyRequest, name: string, { change, context }: { change: Change; context: ApiContext }) {
  for (let left = ATTEMPTS; left > 0; left -= 1) {
    const session = await readOwn(request, name, context);
    checkBound(request, session, change.version);
    try {
      return { session, written: await change.write(session, request.id) };
    } catch (error) {
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
    }
  }
  throw changing(`The session ${name}`);
}

/**
 * Does something to a session that whoever asks may change, and writes down who did. What it answers is on disk.
 *
 * @throws a Problem: 404, 409, 412, 503
 */
export async function changeSession(
  request: FastifyRequest,
  name: string,
  parts: { change: Change; context: ApiContext },
): Promise<Session> {
  const { session, written } = await attempt(request, name, parts);
  if (written === undefined) return session;
  await note(request, written, parts);
  return written;
}
