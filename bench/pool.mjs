// Claiming a warm session through the front, as a browser does: over HTTP, with a durable store on disk, and no Rancher anywhere.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figure, median, quantile } from './figures.mjs';
import { ask, cookieOf } from './http.mjs';

const mooring = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const load = (name) => import(mooring.resolve(name));

const CLAIMS = 300;
const CROWD = { people: 1000, pool: 100 };
const IDENTITY = 'kbase_session';

export async function pool(say) {
  say(`${CLAIMS} people one after another …`);
  const alone = await withFront(CLAIMS, (site) => oneByOne(site, CLAIMS));
  say(`${CROWD.people} people at once, ${CROWD.pool} warm sessions …`);
  const crowd = await withFront(CROWD.pool, (site) => allAtOnce(site, CROWD.people));
  const shared = CROWD.people - new Set(crowd.cookies).size;
  return {
    text: [
      `A claim from a warm pool through the front, ${CLAIMS} people one after another: median ${median(alone.times).toFixed(2)} ms, of the answers`,
      `99 % within ${quantile(alone.times, 0.99).toFixed(2)} ms; ${alone.claimed} of them found a warm session. ${CROWD.people} at once on ${CROWD.pool} warm ones: ${crowd.claimed} claimed,`,
      `the others started cold, ${shared} shared one; all were answered after ${Math.round(crowd.tookMs)} ms.`,
    ].join('\n'),
    figures: [
      figure('pool.claim_p50_ms', median(alone.times), 'ms', 5),
      figure('pool.claim_p99_ms', quantile(alone.times, 0.99), 'ms'),
      figure('pool.shared', shared, 'people', 0),
      figure('pool.not_claimed', CROWD.pool - crowd.claimed, 'sessions', 0),
    ],
  };
}

/** A front on a port of its own, over a store in which so many warm sessions are ready. */
async function withFront(size, measure) {
  const [resources, { buildFront, createLocalProvider }, { Registry }, { pino }] = await Promise.all(
    ['@mooring/resources', '@mooring/http-front', 'prom-client', 'pino'].map(load),
  );
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const store = await resources.openStore({ path: join(folder, 'store.db') });
  await fill(store, resources, size);
  const [sessions, templates] = [resources.openCache(store, 'Session'), resources.openCache(store, 'SessionTemplate')];
  await Promise.all([sessions.ready(), templates.ready()]);
  const identity = createLocalProvider({ key: randomBytes(32) });
  const front = await buildFront({
    store,
    sessions,
    templates,
    identity,
    settings: { sessionCookie: 'narrative_session', kbaseCookie: IDENTITY, containerName: 'narrative-{}', templateName: 'narrative' },
    uses: new resources.UseLog(),
    now: Date.now,
    registry: new Registry(),
    logger: pino({ level: 'silent' }),
  });
  const origin = await front.listen({ host: '127.0.0.1', port: 0 });
  try {
    return await measure({ origin, sessions, token: (user) => identity.issue(user) });
  } finally {
    await front.close();
    await Promise.all([sessions.close(), templates.close()]);
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(store, { instantiate, newSecret, POOL_LABEL, POOL_OWNER }, size) {
  const template = await store.create('SessionTemplate', {
    metadata: { name: 'narrative' },
    spec: { image: { name: 'kbase/narrative', tag: '1.0' }, launch: {}, route: { type: 'cookie' } },
  });
  for (let number = 0; number < size; number++) {
    const draft = instantiate(template, { name: `narrativepre-${number}`, owner: POOL_OWNER });
    const metadata = { ...draft.metadata, labels: { [POOL_LABEL]: 'narrative' } };
    const session = await store.create('Session', { ...draft, metadata }, { secret: newSecret() });
    await store.updateStatus('Session', { ...session, status: { ...session.status, phase: 'Ready' } });
  }
}

async function wish({ origin, token }, user) {
  const cookie = `${IDENTITY}=${token(user)}`;
  const startedAt = performance.now();
  const answer = await ask(origin, '/narrative/', { headers: { accept: 'application/json', cookie } });
  const tookMs = performance.now() - startedAt;
  if (answer.status !== 202 && answer.status !== 200) throw new Error(`a wish was answered ${answer.status}: ${answer.text}`);
  return { tookMs, cookie: cookieOf(answer, 'narrative_session') };
}

const claimedIn = ({ sessions }) =>
  sessions.list().filter(({ metadata }) => metadata.annotations['mooring.dev/claimed-from'] !== undefined).length;

async function oneByOne(site, people) {
  const times = [];
  for (let number = 0; number < people; number++) times.push((await wish(site, `user${number}`)).tookMs);
  return { times, claimed: claimedIn(site) };
}

async function allAtOnce(site, people) {
  const startedAt = performance.now();
  const wishes = await Promise.all(Array.from({ length: people }, (_, number) => wish(site, `user${number}`)));
  const tookMs = performance.now() - startedAt;
  return { cookies: wishes.map(({ cookie }) => cookie), tookMs, claimed: claimedIn(site) };
}
