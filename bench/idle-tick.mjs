// Looks at so many sessions, again and again: node --expose-gc idle-tick.mjs <sessions>. Says {cpuMs, firstCpuMs, stored}. The store is in
// memory, since it takes a while to fill one on disk; a look writes to it once.
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));
const part = (name) => import(new URL(`../packages/controller/dist/activity/${name}.js`, import.meta.url));
const [{ openCache, openStore }, { Registry }, { pino }] = await Promise.all(['@mooring/resources', 'prom-client', 'pino'].map(load));
const [{ ActivityBook }, { ActivityMetrics }, { ActivityTicker }] = await Promise.all(['book', 'metrics', 'tick'].map(part));

const count = Number(process.argv[2]);
const INTERVAL_MS = 10_000;
/** Long before the first look: all of it is time in which somebody could have been there. */
const READY_AT = new Date(Date.now() - 3_600_000).toISOString();
const TICKS = 15;

const store = await openStore({ path: ':memory:' });
await Promise.all(Array.from({ length: count }, (_, number) => store.create('Session', draft(number))));
const sessions = openCache(store, 'Session');
await sessions.ready();
const saved = [];
const counting = {
  activity: () => store.activity(),
  saveActivity: (activity) => {
    saved.push(activity.memories.size);
    return store.saveActivity(activity);
  },
};
const book = new ActivityBook(counting);
let now = Date.now();
const clock = { now: () => now, after: () => ({ cancel() {} }) };
let readings;
const source = (name) => ({ name, cost: 'cheap', read: async () => readings.get(name) });
const ticker = new ActivityTicker({
  sessions,
  book,
  sources: ['front', 'traefik-requests', 'jupyter'].map(source),
  runOf: () => '1i1/1/active',
  intervalMs: INTERVAL_MS,
  metrics: new ActivityMetrics(new Registry()),
  wake: () => {},
  clock,
  log: pino({ level: 'silent' }),
});

const cpuMs = [];
for (let tick = 0; tick < TICKS; tick++) {
  now += INTERVAL_MS;
  readings = readAll(tick);
  globalThis.gc?.();
  await pause(50);
  const before = process.cpuUsage();
  await ticker.tick();
  const { user, system } = process.cpuUsage(before);
  cpuMs.push((user + system) / 1000);
}
const [firstCpuMs, ...later] = cpuMs;
process.send({ cpuMs: later, firstCpuMs, stored: saved.slice(1) });
await sessions.close();
await store.close();
process.disconnect();

function draft(number) {
  return {
    metadata: { name: `narrative-user-${number}` },
    spec: {
      owner: { name: `user${number}` },
      launch: { image: 'kbase/narrative:1.0' },
      route: { type: 'cookie' },
      idlePolicy: { afterSeconds: 3600 },
    },
    status: {
      phase: 'Ready',
      conditions: ['ContainerRunning', 'Reachable', 'Ready'].map((type) => ({
        type,
        status: 'True',
        reason: 'Seen',
        message: '',
        lastTransitionTime: READY_AT,
      })),
      service: { id: `1s${number}`, name: `narrative-user-${number}`, state: 'active' },
      container: { id: `1i${number}`, name: `narrative-user-${number}-1`, state: 'running' },
      address: { ip: '10.42.0.7', port: 8888 },
    },
  };
}

/** Three tenths are in use, and others each time: one in a hundred comes and goes. */
function readAll(tick) {
  const uids = sessions.list().map(({ metadata }) => metadata.uid);
  const inUse = (index) => (index + tick) % 100 < 30;
  const of = (say) => new Map(uids.map((uid, index) => [uid, say(index)]));
  const none = { type: 'unknown', why: 'no request, which proves nothing' };
  return new Map([
    ['front', of(() => none)],
    ['traefik-requests', of((index) => (inUse(index) ? { type: 'active', at: now - 1000, detail: '12 requests' } : none))],
    [
      'jupyter',
      of((index) =>
        inUse(index)
          ? { type: 'active', at: now - 500, detail: 'a kernel is busy' }
          : { type: 'quiet', since: now - 10_000 * (((index + tick) % 100) - 30) - 15_000, detail: 'no kernel is busy' },
      ),
    ],
  ]);
}
