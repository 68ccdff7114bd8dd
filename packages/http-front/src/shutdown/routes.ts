import { ConflictError, recordEvent, type Session } from '@mooring/resources';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit, AuditOutcome } from '../audit/audit.js';
import { wantsJson } from '../http/navigation.js';
import { checkOrigin } from '../http/origin.js';
import { Problem } from '../http/problem.js';
import type { Authenticate, KnownCaller } from '../identity/caller.js';
import { hasRole } from '../identity/role.js';
import type { FrontOptions } from '../options.js';
import { byRequest } from '../sessions/asked-by.js';
import { sessionOf } from './session-of.js';

export interface ShutdownRoutesOptions {
  front: Pick<FrontOptions, 'store' | 'settings' | 'local'>;
  authenticate: Authenticate;
  audit: Audit;
}

type Named = FastifyRequest<{ Params: { '*'?: string } }>;

interface Refusal {
  status: 401 | 403 | 404;
  code: string;
  title: string;
  /** As narrative-traefiker says it, where it does. */
  text: string;
}

const NOT_KNOWN: Refusal = { status: 401, code: 'not-signed-in', title: 'Unauthorized', text: 'Valid kbase authentication token required' };
const NOT_YOURS: Refusal = { status: 403, code: 'not-yours', title: 'Forbidden', text: 'Only administrators may name another user' };
const NOTHING: Refusal = { status: 404, code: 'no-session', title: 'Not Found', text: 'No sessions found for user' };

const sendText = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).type('text/plain; charset=utf-8').send(text);

function refuse(request: FastifyRequest, reply: FastifyReply, { text, ...problem }: Refusal): FastifyReply {
  if (wantsJson(request.headers)) throw new Problem({ ...problem, detail: `${text}.` });
  return sendText(reply, problem.status, text);
}

/** A trace of who wanted it. */
async function note(request: FastifyRequest, session: Session, { by, store }: Wish): Promise<void> {
  const { name } = session.metadata;
  request.log.info({ session: name, owner: session.spec.owner.name, by }, 'a session is deleted as asked');
  const happening = { reason: 'ShutdownRequested', note: `${by} asked for its end.`, reportingController: 'front' };
  await recordEvent(store, session, happening).catch((err: unknown) =>
    request.log.warn({ err, session: name }, 'who asked for the end of a session could not be recorded'),
  );
}

interface Wish {
  /** Whose session. */
  user: string;
  /** Who wants its end. */
  by: string;
  store: FrontOptions['store'];
}

/** Deletes the person's session and answers its name; undefined where there is none. One that was replaced meanwhile is looked for again. */
async function shutDown(request: FastifyRequest, wish: Wish, containerName: string): Promise<string | undefined> {
  const session = await sessionOf(wish.user, wish.store, containerName);
  if (session === undefined) return undefined;
  const { name, uid, deletionTimestamp } = session.metadata;
  if (deletionTimestamp !== undefined) return name;
  try {
    await wish.store.delete('Session', name, { uid, annotations: byRequest(request.id) });
  } catch (error) {
    if (error instanceof ConflictError) return shutDown(request, wish, containerName);
    throw error;
  }
  await note(request, session, wish);
  return name;
}

async function end(request: Named, reply: FastifyReply, caller: KnownCaller, options: ShutdownRoutesOptions): Promise<FastifyReply> {
  const { store, settings } = options.front;
  const by = caller.identity.user;
  const user = request.params['*'] || by;
  const audit = (outcome: AuditOutcome, session?: string): void => {
    if (user === by) return;
    options.audit(request, { action: 'session.shutdown', who: by, whose: user, outcome, ...(session !== undefined && { session }) });
  };
  if (user !== by && !hasRole(caller, settings.statusRole)) {
    audit('refused');
    return refuse(request, reply, NOT_YOURS);
  }
  const name = await shutDown(request, { user, by, store }, settings.containerName).catch((error: unknown) => {
    audit('failed');
    throw error;
  });
  audit(name === undefined ? 'not-found' : 'done', name);
  if (name === undefined) return refuse(request, reply, NOTHING);
  return wantsJson(request.headers) ? reply.send({ name, phase: 'Terminating' }) : sendText(reply, 200, `Service ${name} deleted`);
}

/**
 * DELETE /narrative_shutdown/ ends the caller's session; people with the status role may name another's user. It is recorded when it is
 * answered; the container and its route go as soon as the controller comes to it.
 */
export function shutdownRoutes(options: ShutdownRoutesOptions) {
  const handle = async (request: Named, reply: FastifyReply): Promise<FastifyReply> => {
    const caller = await options.authenticate(request);
    if (caller.kind !== 'known') return refuse(request, reply, NOT_KNOWN);
    checkOrigin(request, { by: caller.by, local: options.front.local !== undefined });
    return end(request, reply, caller, options);
  };
  return async (scope: FastifyInstance): Promise<void> => {
    for (const path of ['/narrative_shutdown', '/narrative_shutdown/*']) scope.delete(path, { config: { door: 'shutdown' } }, handle);
  };
}
