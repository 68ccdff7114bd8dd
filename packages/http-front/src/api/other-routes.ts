import { byTurn, isQueued, type SessionTemplate, turnOf } from '@mooring/resources';
import type { z } from 'zod';
import { Problem } from '../http/problem.js';
import { sessionNames } from '../narrative/names.js';
import { mayUse, requireAll } from './access.js';
import type { ApiContext, ApiScope } from './context.js';
import { answer, problems, SIGNED_IN } from './problems.js';
import { namedSchema } from './schemas/common.js';
import { aboutSchema, allOf, lastSeenSchema, meSchema, queueSchema, templateListSchema, templateSchema } from './schemas/others.js';

const UNKNOWN = 'not available';

function addAbout(scope: ApiScope, { front, parts }: ApiContext): void {
  const about = {
    operationId: 'about',
    tags: ['operation'],
    summary: 'What runs here; told to everybody.',
    security: [],
    response: { 200: answer('Its version.', aboutSchema), ...problems(400, 414, 429, 431) },
  };
  scope.get('/about', { schema: about, config: { open: true } }, async () => ({
    version: front.about?.version ?? UNKNOWN,
    gitHash: front.about?.commit ?? UNKNOWN,
    time: new Date(front.now()).toISOString(),
  }));
  const me = {
    operationId: 'me',
    tags: ['operation'],
    summary: 'Who asks, and what their session is called.',
    response: { 200: answer('Who it is.', meSchema), ...problems(...SIGNED_IN) },
  };
  scope.get('/me', { schema: me }, async ({ access: { user, all } }) => {
    const names = sessionNames(front.settings.containerName, user);
    const session = names.find((name) => parts.sessions.get(name)?.spec.owner.name === user);
    return { user, administrator: all, sessionNames: [...names], ...(session !== undefined && { session }) };
  });
}

function addLastSeen(scope: ApiScope, { front, parts }: ApiContext): void {
  const schema = {
    operationId: 'listLastSeen',
    tags: ['sessions'],
    summary: 'When somebody was last seen using each session. It moves without the sessions’ resourceVersion, so it is no part of them.',
    response: { 200: answer('Those of which it is known.', lastSeenSchema), ...problems(...SIGNED_IN) },
  };
  scope.get('/last-seen', { schema }, async ({ access }) => {
    const seen = parts.sessions.list().filter((session) => mayUse(access, session));
    const items = seen.flatMap(({ metadata: { name, uid } }) => {
      const at = Math.max(front.uses.last(uid) ?? 0, front.lastActive?.(uid) ?? 0);
      return at === 0 ? [] : [{ name, uid, at: new Date(at).toISOString() }];
    });
    return { items };
  });
}

function addQueue(scope: ApiScope, { parts }: ApiContext): void {
  const schema = {
    operationId: 'listQueue',
    tags: ['sessions'],
    summary: 'Sessions that wait for their turn to start, and their places. A place moves without the session, so it is no part of it.',
    response: { 200: answer('The first to start comes first.', queueSchema), ...problems(...SIGNED_IN) },
  };
  scope.get('/queue', { schema }, async ({ access }) => {
    const waiting = parts.sessions.list().filter((session) => isQueued(session) && !turnOf(session).isWarm);
    const line = waiting.sort((a, b) => byTurn(turnOf(a), turnOf(b)));
    const items = line.flatMap((session, index) => {
      const { name, uid } = session.metadata;
      return mayUse(access, session) ? [{ name, uid, place: index + 1, of: line.length }] : [];
    });
    return { items };
  });
}

/** What the environment holds may be secret, as an address may that says the version; its names aren't. */
const templateOf = (template: SessionTemplate): z.infer<typeof templateSchema> => {
  const { image: source, launch, route, probe, idlePolicy } = template.spec;
  const { versionUrl: _, ...image } = source;
  const { port, capDrop, memory, volumes, env } = launch;
  return { ...template, spec: { image, launch: { port, capDrop, memory, volumes, env: Object.keys(env) }, route, probe, idlePolicy } };
};

function noTemplate(name: string): Problem {
  const detail = `There is no template ${JSON.stringify(name)}. GET /api/v1/sessiontemplates lists those that there are.`;
  return new Problem({ status: 404, code: 'no-template', title: 'Not Found', detail });
}

function addTemplates(scope: ApiScope, { parts: { templates } }: ApiContext): void {
  const tags = ['templates and pools'];
  const list = {
    operationId: 'listSessionTemplates',
    tags,
    summary: 'What new sessions are copied from; for administrators.',
    response: { 200: answer('All of them.', templateListSchema), ...problems(...SIGNED_IN) },
  };
  scope.get('/sessiontemplates', { schema: list }, async ({ access }) => {
    requireAll(access);
    return allOf('SessionTemplateList', templates.list().map(templateOf));
  });
  const item = {
    operationId: 'getSessionTemplate',
    tags,
    summary: 'One template; for administrators.',
    params: namedSchema,
    response: { 200: answer('The template.', templateSchema), ...problems(...SIGNED_IN, 404) },
  };
  scope.get('/sessiontemplates/:name', { schema: item }, async ({ access, params: { name } }) => {
    requireAll(access);
    const template = templates.get(name);
    if (template === undefined) throw noTemplate(name);
    return templateOf(template);
  });
}

/** What is no session. */
export function addOthers(scope: ApiScope, context: ApiContext): void {
  addAbout(scope, context);
  addLastSeen(scope, context);
  addQueue(scope, context);
  addTemplates(scope, context);
}
