import type { Session } from '@mooring/resources';
import type { FastifyReply } from 'fastify';
import { askedBy, byRequest } from '../../sessions/asked-by.js';
import { keptBy } from '../../sessions/kept.js';
import { retried } from '../../sessions/retried.js';
import { updateAsked } from '../../sessions/update-asked.js';
import type { ApiContext, ApiScope } from '../context.js';
import { strongTag } from '../etag.js';
import { answer, CHANGES, problems } from '../problems.js';
import { ifMatchSchema, namedSchema } from '../schemas/common.js';
import { sessionSchema } from '../schemas/session.js';
import { sessionPatchSchema, sessionPutSchema } from '../schemas/writes.js';
import { type Change, changeSession, checkChangeable } from './change.js';
import { putSession } from './put.js';
import { resourceOf } from './resource.js';

const tags = ['sessions'];
const SESSION = answer('The session as it is now.', sessionSchema);

function send(reply: FastifyReply, status: 200 | 201 | 202, session: Session): FastifyReply {
  const body = resourceOf(session);
  return reply.code(status).header('ETag', strongTag(body)).send(body);
}

function addPut(scope: ApiScope, context: ApiContext): void {
  const schema = {
    operationId: 'putSession',
    tags,
    summary: 'Creates a session, or finds it as it is.',
    description:
      'Once and again is the same: 201 the first time, 200 from then on, 409 where the name has something else. The name follows from the person’s (GET /me tells it). ' +
      'Its owner gets the cookie that leads there by opening the session’s `status.url`.',
    params: namedSchema,
    body: sessionPutSchema,
    response: {
      200: answer('It was there already.', sessionSchema),
      201: answer('It was created.', sessionSchema),
      ...problems(...CHANGES),
    },
  };
  scope.put('/sessions/:name', { schema }, async (request, reply) => {
    const { params, body } = request;
    const { status, session } = await putSession(request, { name: params.name, body, context });
    return send(reply, status, session);
  });
}

/** Stops it as it is: its container is kept for the next start. */
const stop = ({ front }: ApiContext): Change => ({
  action: 'session.stop',
  reason: 'StopRequested',
  note: 'asked for its stop.',
  write: async (session, requestId) => {
    checkChangeable(session);
    if (!session.spec.running) return undefined;
    return front.store.update('Session', askedBy({ ...session, spec: { ...session.spec, running: false } }, requestId));
  },
});

/** What its owner does on its pages; `of` makes the session that it is then, or nothing where that is so already. */
const want = ({ front, parts }: ApiContext, of: typeof keptBy, naming: Omit<Change, 'write'>): Change => ({
  ...naming,
  write: async (session, requestId) => {
    checkChangeable(session);
    front.uses.note(session.metadata.uid, front.now());
    const wanted = of(session, parts.templates.get(session.spec.templateRef?.name ?? ''), front.now());
    return wanted && front.store.update('Session', askedBy(wanted, requestId));
  },
});
const START = { action: 'session.start', reason: 'StartRequested', note: 'asked for its start.' } as const;
const RETRY = { action: 'session.start', reason: 'RetryRequested', note: 'asked to try its start again.' } as const;
const UPDATE = { action: 'session.update', reason: 'UpdateRequested', note: 'asked for its update.' } as const;
const KEEP = { action: 'session.keep', reason: 'KeepRequested', note: 'asked to keep it.' } as const;

function addPatch(scope: ApiScope, context: ApiContext): void {
  const schema = {
    operationId: 'patchSession',
    tags,
    summary: 'Stops a session, or starts it.',
    description: 'Starting one that runs keeps it: a mark as idle goes. What is so already is left as it is.',
    params: namedSchema,
    headers: ifMatchSchema,
    body: sessionPatchSchema,
    response: { 200: SESSION, ...problems(...CHANGES, 404, 412) },
  };
  scope.patch('/sessions/:name', { schema }, async (request, reply) => {
    const { spec, metadata } = request.body;
    const change = spec.running ? want(context, keptBy, START) : stop(context);
    const bound = { ...change, version: metadata?.resourceVersion };
    return send(reply, 200, await changeSession(request, request.params.name, { change: bound, context }));
  });
}

function addWishes(scope: ApiScope, context: ApiContext): void {
  const common = { tags, params: namedSchema, headers: ifMatchSchema, response: { 200: SESSION, ...problems(...CHANGES, 404, 412) } };
  const keep = {
    ...common,
    operationId: 'keepSession',
    summary: 'Undoes the mark of a session that is about to be stopped, as opening its page does; one that is stopped starts.',
  };
  scope.post('/sessions/:name/keep', { schema: keep }, async (request, reply) =>
    send(reply, 200, await changeSession(request, request.params.name, { change: want(context, keptBy, KEEP), context })),
  );
  const retry = {
    ...common,
    operationId: 'retrySession',
    summary: 'Has a start that failed tried again at once; any other session is left as it is.',
  };
  scope.post('/sessions/:name/retry', { schema: retry }, async (request, reply) =>
    send(reply, 200, await changeSession(request, request.params.name, { change: want(context, retried, RETRY), context })),
  );
  const update = {
    ...common,
    operationId: 'updateSession',
    summary:
      'Replaces what runs by what its template has by now; its volumes, environment and cookie stay. Any other session is left as it is.',
    description:
      'Whoever works in it is interrupted. The condition UpToDate tells whether there is a new version, and what came of it: what does not come up is taken back. One that is stopped gets it with its next start.',
  };
  scope.post('/sessions/:name/update', { schema: update }, async (request, reply) =>
    send(reply, 200, await changeSession(request, request.params.name, { change: want(context, updateAsked, UPDATE), context })),
  );
}

/** Once is as good as twice: one that is going goes on going. */
const end = ({ front: { store, now } }: ApiContext): Change => ({
  action: 'session.delete',
  reason: 'ShutdownRequested',
  note: 'asked for its end.',
  write: async (session, requestId) => {
    const { name, uid, resourceVersion, deletionTimestamp } = session.metadata;
    if (deletionTimestamp !== undefined) return undefined;
    await store.delete('Session', name, { uid, resourceVersion, annotations: byRequest(requestId) });
    const going = await store.get('Session', name);
    if (going?.metadata.uid === uid) return going;
    return { ...session, metadata: { ...session.metadata, deletionTimestamp: new Date(now()).toISOString() } };
  },
});

function addDelete(scope: ApiScope, context: ApiContext): void {
  const schema = {
    operationId: 'deleteSession',
    tags,
    summary: 'Deletes a session. It is recorded when it is answered; its route and its container go as soon as they can.',
    params: namedSchema,
    headers: ifMatchSchema,
    response: { 202: answer('It is going.', sessionSchema), ...problems(...CHANGES, 404, 412) },
  };
  scope.delete('/sessions/:name', { schema }, async (request, reply) =>
    send(reply, 202, await changeSession(request, request.params.name, { change: end(context), context })),
  );
}

export function addSessionWrites(scope: ApiScope, context: ApiContext): void {
  addPut(scope, context);
  addPatch(scope, context);
  addWishes(scope, context);
  addDelete(scope, context);
}
