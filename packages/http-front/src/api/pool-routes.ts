import { ConflictError, type WarmPool } from '@mooring/resources';
import { Problem } from '../http/problem.js';
import { requireAll } from './access.js';
import type { ApiContext, ApiScope } from './context.js';
import { checkIfMatch, sendTagged, strongTag } from './etag.js';
import { answer, CHANGES, empty, problems, SIGNED_IN } from './problems.js';
import { ifMatchSchema, ifNoneMatchSchema, namedSchema } from './schemas/common.js';
import { allOf, poolListSchema, poolSchema } from './schemas/others.js';
import { poolPatchSchema } from './schemas/writes.js';
import { changing, otherVersion } from './sessions/conflict.js';

const tags = ['templates and pools'];

function noPool(name: string): Problem {
  const detail = `There is no pool ${JSON.stringify(name)}. GET /api/v1/warmpools lists those that there are.`;
  return new Problem({ status: 404, code: 'no-pool', title: 'Not Found', detail });
}

function addReads(scope: ApiScope, { parts: { pools } }: ApiContext): void {
  const list = {
    operationId: 'listWarmPools',
    tags,
    summary: 'Pools of sessions that wait for somebody; for administrators.',
    response: { 200: answer('All of them.', poolListSchema), ...problems(...SIGNED_IN) },
  };
  scope.get('/warmpools', { schema: list }, async ({ access }) => {
    requireAll(access);
    return allOf('WarmPoolList', pools.list());
  });
  const item = {
    operationId: 'getWarmPool',
    tags,
    summary: 'One pool; for administrators.',
    params: namedSchema,
    headers: ifNoneMatchSchema,
    response: { 200: answer('The pool.', poolSchema), 304: empty('It is what If-None-Match says.'), ...problems(...SIGNED_IN, 404) },
  };
  scope.get('/warmpools/:name', { schema: item }, async (request, reply) => {
    requireAll(request.access);
    const pool = pools.get(request.params.name);
    if (pool === undefined) throw noPool(request.params.name);
    return sendTagged(request, reply, { tag: strongTag(pool), body: pool });
  });
}

async function resize(pool: WarmPool, replicas: number, { store }: ApiContext['front']): Promise<WarmPool> {
  try {
    return await store.update('WarmPool', { ...pool, spec: { ...pool.spec, replicas } });
  } catch (error) {
    if (error instanceof ConflictError) throw changing(`The pool ${pool.metadata.name}`);
    throw error;
  }
}

function addResize(scope: ApiScope, { front, audit }: ApiContext): void {
  const schema = {
    operationId: 'patchWarmPool',
    tags,
    summary: 'Has more or fewer sessions wait; for administrators.',
    description: 'It holds until Mooring is started again, which sets the size of its configuration.',
    params: namedSchema,
    headers: ifMatchSchema,
    body: poolPatchSchema,
    response: { 200: answer('The pool as it is now.', poolSchema), ...problems(...CHANGES, 404, 412) },
  };
  scope.patch('/warmpools/:name', { schema }, async (request, reply) => {
    requireAll(request.access);
    const { name } = request.params;
    const { metadata, spec } = request.body;
    const pool = await front.store.get('WarmPool', name);
    if (pool === undefined) throw noPool(name);
    checkIfMatch(request, strongTag(pool));
    const { resourceVersion } = pool.metadata;
    const wanted = metadata?.resourceVersion ?? resourceVersion;
    if (wanted !== resourceVersion) throw otherVersion(`The pool ${name}`, resourceVersion, wanted);
    const resized = await resize(pool, spec.replicas, front);
    audit(request, { action: 'pool.resize', who: request.access.user, outcome: 'done', detail: { pool: name, replicas: spec.replicas } });
    return reply.header('ETag', strongTag(resized)).send(resized);
  });
}

export function addPools(scope: ApiScope, context: ApiContext): void {
  addReads(scope, context);
  addResize(scope, context);
}
