// The controller alone, over a store on disk, told what to do by its parent: node --expose-gc loop-controller.mjs <store> <rancher url>.
// Sessions have no route: nothing runs that could answer.
import { createRequire } from 'node:module';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));
const [{ registerClientMetrics, startController }, { RancherClient }, { openCache, openStore }, { Registry }, { pino }] = await Promise.all(
  ['@mooring/controller', '@mooring/rancher-client', '@mooring/resources', 'prom-client', 'pino'].map(load),
);
const [path, url] = process.argv.slice(2);
const registry = new Registry();
const calls = new Map();
const count = registerClientMetrics(registry);
const client = new RancherClient({
  url,
  deadlineMs: 60_000,
  onRequest: (seen) => {
    count(seen);
    calls.set(seen.method, (calls.get(seen.method) ?? 0) + 1);
  },
});
const project = client.project('1a5');
const store = await openStore({ path });
const [sessions, templates, pools] = ['Session', 'SessionTemplate', 'WarmPool'].map((kind) => openCache(store, kind));
const stack = (await project.stacks.list({ name: 'bench' }))[0] ?? (await project.stacks.create({ name: 'bench' }));
const controller = await startController({
  store,
  sessions,
  templates,
  pools,
  routing: {
    entryPointUrl: 'http://127.0.0.1:1',
    entryPoint: 'web',
    fallbackUrl: 'http://127.0.0.1:1',
    frontPaths: ['/narrative*'],
    hosts: [],
    mode: 'http',
  },
  registry,
  logger: pino({ level: 'warn' }, pino.destination(2)),
});
controller.converge({ rancher: project, stackId: stack.id });

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const value = async (name) => (await registry.getSingleMetric(name).get()).values.reduce((sum, entry) => sum + entry.value, 0);
const idle = async () => (await value('workqueue_depth')) === 0 && (await value('controller_runtime_active_workers')) === 0;
const until = async (condition) => {
  while (!(await condition())) await pause(5);
};
const settled = () => until(async () => (await idle()) && sessions.list().every(({ status }) => status.phase === 'Ready'));
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const commands = {
  /** So many more sessions, until all are Ready. */
  async create({ count: wanted, prefix }) {
    const startedAt = performance.now();
    const made = Array.from({ length: wanted }, (_, number) => ({
      metadata: { name: `${prefix}-${number}`, finalizers: ['mooring.dev/service'] },
      spec: { owner: { name: `user${number}` }, launch: { image: 'kbase/narrative:1.0' }, route: { type: 'none' } },
    }));
    calls.clear();
    for (const draft of made) await store.create('Session', draft);
    await until(() => sessions.list().length >= wanted);
    await settled();
    return { tookMs: performance.now() - startedAt, calls: [...calls.values()].reduce((sum, calls) => sum + calls, 0) };
  },
  async ready() {
    await until(() => controller.ready().ok);
    await settled();
    return { sinceStartMs: performance.now() };
  },
  /** A whole resync at rest. */
  async resync() {
    const { resourceVersion } = await store.list('Session');
    const before = cpuMs();
    await controller.resync();
    await until(idle);
    const tookMs = cpuMs() - before;
    return { cpuMs: tookMs, writes: Number((await store.list('Session')).resourceVersion) - Number(resourceVersion) };
  },
  async memory() {
    globalThis.gc?.();
    await pause(200);
    globalThis.gc?.();
    return { rssMb: process.memoryUsage().rss / 2 ** 20, heapMb: process.memoryUsage().heapUsed / 2 ** 20 };
  },
  async stop() {
    await controller.stop();
    for (const cache of [sessions, templates, pools]) await cache.close();
    await Promise.all([store.close(), client.close()]);
    setTimeout(() => process.exit(0), 10);
    return {};
  },
};
process.on('message', async ({ command, ...options }) => process.send(await commands[command](options)));
process.send({ started: true });
