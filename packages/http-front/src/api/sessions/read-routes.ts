import { API_VERSION, explanationSchema } from '@mooring/resources';
import { type Access, mayUse, noteListing } from '../access.js';
import type { ApiContext, ApiScope } from '../context.js';
import { sendTagged, strongTag, weakTag } from '../etag.js';
import { answer, empty, problems, SIGNED_IN } from '../problems.js';
import { ifNoneMatchSchema, namedSchema } from '../schemas/common.js';
import { type ListQuery, listQuerySchema } from '../schemas/list-query.js';
import { allOf, eventListSchema } from '../schemas/others.js';
import { type SessionList, sessionListSchema, sessionSchema } from '../schemas/session.js';
import { decodeToken, encodeToken } from './continue-token.js';
import { findSession, noSession } from './find.js';
import { resourceOf } from './resource.js';
import { select } from './select.js';

const tags = ['sessions'];
const NOT_MODIFIED = empty('It is what If-None-Match says.');

function listOf(access: Access, query: ListQuery, { parts: { sessions } }: ApiContext): SessionList {
  const after = decodeToken(query);
  const { resourceVersion } = sessions;
  const seen = sessions.list().filter((session) => mayUse(access, session));
  const { items, end, remaining } = select(seen.map(resourceOf), query, after);
  return {
    apiVersion: API_VERSION,
    kind: 'SessionList',
    metadata: { resourceVersion, ...(end && { continue: encodeToken(query, end) }), remainingItemCount: remaining },
    items,
  };
}

/** A session of one version is told in one way, so its version stands for it. */
const listTag = (items: SessionList['items'], { continue: next, remainingItemCount }: SessionList['metadata']): string =>
  weakTag([items.map(({ metadata }) => [metadata.uid, metadata.resourceVersion]), next, remainingItemCount]);

function addList(scope: ApiScope, context: ApiContext): void {
  const schema = {
    operationId: 'listSessions',
    tags,
    summary: 'Lists sessions: one’s own, to administrators all.',
    querystring: listQuerySchema,
    headers: ifNoneMatchSchema,
    response: { 200: answer('A page of them.', sessionListSchema), 304: NOT_MODIFIED, ...problems(...SIGNED_IN, 410) },
  };
  scope.get('/sessions', { schema }, async (request, reply) => {
    const body = listOf(request.access, request.query, context);
    noteListing(request, context.auditReads);
    const { items, metadata } = body;
    return sendTagged(request, reply, { tag: listTag(items, metadata), body });
  });
}

function addItem(scope: ApiScope, context: ApiContext): void {
  const schema = {
    operationId: 'getSession',
    tags,
    summary: 'One session.',
    params: namedSchema,
    headers: ifNoneMatchSchema,
    response: { 200: answer('The session.', sessionSchema), 304: NOT_MODIFIED, ...problems(...SIGNED_IN, 404) },
  };
  scope.get('/sessions/:name', { schema }, async (request, reply) => {
    const body = resourceOf(await findSession(request.params.name, request.access, context));
    return sendTagged(request, reply, { tag: strongTag(body), body });
  });
}

function addEvents(scope: ApiScope, context: ApiContext): void {
  const schema = {
    operationId: 'listSessionEvents',
    tags,
    summary: 'What happened to a session, the newest first.',
    params: namedSchema,
    response: { 200: answer('All that is kept of it.', eventListSchema), ...problems(...SIGNED_IN, 404) },
  };
  scope.get('/sessions/:name/events', { schema }, async (request) => {
    const { metadata } = await findSession(request.params.name, request.access, context);
    const events = await context.front.store.eventsOf(metadata.uid);
    const items = events.map(({ metadata: { name, creationTimestamp: at }, spec: { regarding: _, ...spec } }) => ({ name, at, ...spec }));
    return allOf('EventList', items);
  });
}

function addExplanation(scope: ApiScope, context: ApiContext): void {
  const schema = {
    operationId: 'explainSession',
    tags,
    summary: 'Why a session is as it is, what each source of activity said last, and what comes next.',
    params: namedSchema,
    response: {
      200: answer('As `mooring explain` tells it.', explanationSchema.meta({ id: 'Explanation' })),
      ...problems(...SIGNED_IN, 404),
    },
  };
  scope.get('/sessions/:name/explanation', { schema }, async (request) => {
    const { name } = (await findSession(request.params.name, request.access, context)).metadata;
    const explanation = await context.parts.explain(name);
    if (explanation === undefined) throw noSession(name);
    return explanation;
  });
}

export function addSessionReads(scope: ApiScope, context: ApiContext): void {
  addList(scope, context);
  addItem(scope, context);
  addEvents(scope, context);
  addExplanation(scope, context);
}
