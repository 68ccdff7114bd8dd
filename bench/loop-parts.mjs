// The controller with its store and its client, as `mooring serve` joins them, but for routes: nothing runs that could answer.
import { createRequire } from 'node:module';
import { makeStack } from './loop-site.mjs';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));
const [{ registerClientMetrics, startController }, { RancherClient }, { openCache, openStore }, { Registry }, { pino }] = await Promise.all(
  ['@mooring/controller', '@mooring/rancher-client', '@mooring/resources', 'prom-client', 'pino'].map(load),
);

const ROUTING = {
  entryPointUrl: 'http://127.0.0.1:1',
  entryPoint: 'web',
  fallbackUrl: 'http://127.0.0.1:1',
  frontPaths: ['/narrative*'],
  hosts: [],
  mode: 'http',
};
const KINDS = ['Session', 'SessionTemplate', 'WarmPool'];
const logger = pino({ level: 'warn' }, pino.destination(2));

/** A loop over a store on disk that does not know yet where to converge. */
export async function startLoop(path, url) {
  const registry = new Registry();
  const count = registerClientMetrics(registry);
  const seen = { calls: 0, onCreated: () => undefined };
  const client = new RancherClient({
    url,
    deadlineMs: 60_000,
    onRequest: (request) => {
      count(request);
      seen.calls += 1;
      if (request.method === 'POST') seen.onCreated();
    },
  });
  const project = client.project('1a5');
  const store = await openStore({ path });
  const [sessions, templates, pools] = KINDS.map((kind) => openCache(store, kind));
  const controller = await startController({ store, sessions, templates, pools, routing: ROUTING, registry, logger });
  return {
    ...{ store, sessions, controller, project, seen },
    isIdle: async () => (await sum(registry, 'workqueue_depth')) + (await sum(registry, 'controller_runtime_active_workers')) === 0,
    stackOf: (name) => makeStack(project, name),
    converge: (stackId) => controller.converge({ rancher: project, stackId }),
    stop: async () => {
      await controller.stop();
      for (const cache of [sessions, templates, pools]) await cache.close();
      await Promise.all([store.close(), client.close()]);
    },
  };
}

async function sum(registry, name) {
  const { values } = await registry.getSingleMetric(name).get();
  return values.reduce((total, { value }) => total + value, 0);
}
