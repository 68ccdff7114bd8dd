import { ConflictError, getCondition, type ObjectCache, type Rollout, type Store } from '@mooring/resources';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { createApp } from '../http/app.js';
import { named } from '../http/named.js';
import { isForeign } from '../http/origin.js';
import { Problem } from '../http/problem.js';
import { checkKeys, type UpgradeKeys } from './auth.js';
import { readPublished } from './body.js';
import { type RolloutDefaults, UpgradeRecorder } from './recorder.js';

export interface UpgradesOptions {
  store: Pick<Store, 'create' | 'get' | 'update'>;
  rollouts: Pick<ObjectCache<'Rollout'>, 'get' | 'list'>;
  defaults: RolloutDefaults;
  keys: UpgradeKeys;
  /** In ms since the epoch. */
  now: () => number;
}

/** GitHub's payloads describe repository and sender at length. */
const MAX_BODY = 256 * 1024;
const NO_BODY = Buffer.alloc(0);
const CONFIG = { door: 'upgrades' } as const;

type Named = FastifyRequest<{ Params: { name: string } }>;

const whereOf = ({ metadata }: Rollout): string => `/upgrade/${metadata.name}`;

function shown({ metadata, spec, status }: Rollout): object {
  return {
    name: metadata.name,
    image: spec.image,
    created: metadata.creationTimestamp,
    phase: status.phase,
    message: getCondition(status.conditions, 'Complete')?.message ?? 'It has not been looked at yet.',
    services: status.services.map(({ environment, id, name, from, phase, message, since }) => ({
      ...{ environment: environment.name, id, name, from, phase, message, since },
    })),
  };
}

function unknown(name: string): Problem {
  const detail = `There is no rollout ${JSON.stringify(name)}. Finished ones are kept for a while only.`;
  return new Problem({ status: 404, code: 'unknown-rollout', title: 'Not Found', detail });
}

/** Whoever may publish without a key is a program: no page of another site is to do it by somebody's browser. */
function checkSender(request: FastifyRequest): void {
  if (!isForeign(request)) return;
  throw new Problem({
    status: 403,
    code: 'foreign-origin',
    title: 'Forbidden',
    detail: 'This was sent by a page of another site, and nothing was changed.',
  });
}

async function cancel(name: string, { store }: UpgradesOptions): Promise<Rollout> {
  for (;;) {
    const rollout = await store.get('Rollout', name);
    if (!rollout) throw unknown(name);
    try {
      return await store.update('Rollout', { ...rollout, spec: { ...rollout.spec, canceled: true } });
    } catch (error) {
      // The controller has written its progress meanwhile.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

/** POST /upgrade and GET /ping as rancher-service-updater has them, and what became of it: GET and DELETE of the Location. */
export function upgradeRoutes(options: UpgradesOptions) {
  const recorder = new UpgradeRecorder(options);
  return async (scope: FastifyInstance): Promise<void> => {
    // As it was sent: it is signed so, and Go's clients name no type, or a form's.
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, done) => done(null, body));
    scope.get('/ping', { config: CONFIG }, async (_request, reply) => reply.type('text/plain; charset=utf-8').send('Pong!'));
    scope.post('/upgrade', { config: CONFIG, bodyLimit: MAX_BODY }, async (request, reply) => {
      const body = (request.body as Buffer | undefined) ?? NO_BODY;
      checkSender(request);
      checkKeys(request, options.keys, body);
      if (request.headers['x-github-event'] === 'ping') return reply.send({ message: 'pong' });
      const rollout = await recorder.record(readPublished(body.toString('utf8')));
      return reply.header('Location', whereOf(rollout)).send({ name: rollout.metadata.name, image: rollout.spec.image });
    });
    scope.get('/upgrade/:name', { config: CONFIG }, async (request: Named, reply) => {
      checkKeys(request, options.keys, NO_BODY);
      // From the store: whoever has a Location finds it there at once.
      const rollout = await options.store.get('Rollout', request.params.name);
      if (!rollout) throw unknown(request.params.name);
      return reply.send(shown(rollout));
    });
    scope.delete('/upgrade/:name', { config: CONFIG }, async (request: Named, reply) => {
      checkSender(request);
      checkKeys(request, options.keys, NO_BODY);
      return reply.code(202).send(shown(await cancel(request.params.name, options)));
    });
  };
}

/** A listener with nothing else on it, not listening yet. */
export async function buildUpgrades(options: UpgradesOptions & { logger: Logger }): Promise<FastifyInstance> {
  const app = await createApp({ logger: options.logger });
  await app.register(named('upgrade-routes', upgradeRoutes(options)));
  return app;
}
