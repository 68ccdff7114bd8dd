// The internal listener with the dashboard, over a site of made-up sessions; changes them as it is told. Its argument: how many sessions.
import { createRequire } from 'node:module';
import { dayOfStatistics, explanationOf, Site } from './dashboard-site.mjs';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));
const [{ buildInternal, openApiParts }, { UseLog }, { Registry }, { pino }] = await Promise.all(
  ['@mooring/http-front', '@mooring/resources', 'prom-client', 'pino'].map(load),
);

/** Changes are written a few at a time, so that they come all the time. */
const BEATS = 20;

const people = Number(process.argv[2]);
const site = await Site.open(people);
const { store, caches } = site;
// The audit is written at every level but this.
const logger = pino({ level: 'silent' });
const registry = new Registry();
const uses = new UseLog();
for (const [number, { metadata }] of caches.sessions.list().entries()) {
  if (number % 9 > 0) uses.note(metadata.uid, Date.now() - ((number * 7919) % 86_400) * 1000);
}
const session = (name) => caches.sessions.get(name);
const line = (number) =>
  `[I ${new Date(Date.now() - (40 - number) * 9_000).toISOString()} ServerApp] 200 GET /narrative/api/status (${number} ms)`;
const parts = await openApiParts({
  ...caches,
  explain: async (name) => session(name) && explanationOf(session(name)),
  tail: async (name, many) =>
    session(name) && { kind: 'lines', lines: Array.from({ length: Math.min(many, 40) }, (_, number) => line(number)) },
  storage: { load: async () => dayOfStatistics(people), save: async () => undefined },
  now: Date.now,
  registry,
  logger,
});
const settings = {
  sessionCookie: 'narrative_session',
  kbaseCookie: 'kbase_session',
  containerName: 'narrative-{}',
  templateName: 'narrative',
};
const app = await buildInternal({
  registry,
  ready: () => ({ ok: true, checks: {} }),
  routeDocument: () => undefined,
  routeToken: 'nobody asks for the routes here',
  operators: { front: { store, sessions: caches.sessions, templates: caches.templates, settings, uses, now: Date.now }, parts },
  logger,
});
await app.listen({ host: '127.0.0.1', port: 0 });

let beat;
/** So many changes a second from now on. */
function changing(perSecond) {
  clearInterval(beat);
  let owed = 0;
  let last = performance.now();
  let busy = false;
  beat = setInterval(async () => {
    const now = performance.now();
    owed += (perSecond * (now - last)) / 1000;
    last = now;
    if (busy) return;
    busy = true;
    const many = Math.floor(owed);
    owed -= many;
    await site.change(many);
    busy = false;
  }, 1000 / BEATS);
}

async function close() {
  clearInterval(beat);
  await app.close();
  await site.close();
  process.exit(0);
}

process.on('disconnect', close);
process.on('message', ({ ask, value }) => {
  if (ask === 'close') return void close();
  if (ask === 'changing') changing(value);
  process.send({ answer: ask, changes: site.changes });
});
process.send({ origin: `http://127.0.0.1:${app.server.address().port}` });
