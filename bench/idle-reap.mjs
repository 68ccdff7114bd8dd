// The whole controller ends so many sessions that are marked as idle and whose grace is over: node idle-reap.mjs <store> <rancher url>
// <sessions> <ms a call>. Says {tookMs, calls}, from the look that finds them due until the last record is gone. Sessions have no route:
// nothing runs that could answer.
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));
const [{ startController }, { RancherClient }, { openCache, openStore }, { Registry }, { pino }] = await Promise.all(
  ['@mooring/controller', '@mooring/rancher-client', '@mooring/resources', 'prom-client', 'pino'].map(load),
);
const { ConnectionPool } = await import('../packages/rancher-client/dist/http/pool.js');
const [path, url, sessionsText, callText] = process.argv.slice(2);
const [count, callMs] = [Number(sessionsText), Number(callText)];

const POLICY = { afterSeconds: 3600, graceSeconds: 300 };
const isMarked = ({ status }) => status.conditions.some(({ type, status: value }) => type === 'Marked' && value === 'True');

let calls = 0;
const pool = new ConnectionPool();
const slow = { request: (call) => pause(callMs).then(() => pool.request(call)) };
const rancher = new RancherClient({ url, deadlineMs: 60_000, requester: slow, onRequest: () => (calls += 1) });
const project = rancher.project('1a5');
const store = await openStore({ path });
const [sessions, templates, pools] = ['Session', 'SessionTemplate', 'WarmPool'].map((kind) => openCache(store, kind));
const stack = await project.stacks.create({ name: 'bench' });
const quiet = { type: 'quiet', since: 0, detail: 'no connection' };
const source = (name, cost) => ({
  name,
  cost,
  read: async (targets) => new Map(targets.map(({ session }) => [session.metadata.uid, quiet])),
});
let aheadMs = 0;
const clock = {
  now: () => Date.now() + aheadMs,
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.max(0, delayMs));
    return { cancel: () => clearTimeout(timer) };
  },
};
const controller = await startController({
  clock,
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
  // It looks when it is told to, not by itself.
  activity: { schedule: '0 0 0 * * *', sourcesFor: () => [source('jupyter', 'cheap'), source('connections', 'dear')] },
  registry: new Registry(),
  logger: pino({ level: 'warn' }, pino.destination(2)),
});
controller.converge({ rancher: project, stackId: stack.id });

await Promise.all(Array.from({ length: count }, (_, number) => store.create('Session', draft(number))));
while (sessions.list().length < count || !sessions.list().every(({ status }) => status.phase === 'Ready')) await pause(20);
await controller.reap();
aheadMs += POLICY.afterSeconds * 1000;
await controller.reap();
while (!sessions.list().every(isMarked)) await pause(20);
aheadMs += POLICY.graceSeconds * 1000;
calls = 0;
const startedAt = performance.now();
const report = await controller.reap();
const tookMs = performance.now() - startedAt;
if (report.deleted !== count) throw new Error(`not all were ended: ${JSON.stringify(report)}`);
process.send({ tookMs, calls });
await controller.stop();
for (const cache of [sessions, templates, pools]) await cache.close();
await Promise.all([store.close(), rancher.close()]);
await pool.destroy();
process.disconnect();

function draft(number) {
  return {
    metadata: { name: `narrative-user-${number}`, finalizers: ['mooring.dev/service'] },
    spec: {
      owner: { name: `user${number}` },
      launch: { image: 'kbase/narrative:1.0' },
      route: { type: 'none' },
      idlePolicy: POLICY,
    },
  };
}
