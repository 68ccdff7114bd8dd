// Sessions that were stopped are woken by their owners' navigations, through the real Traefik; their pages are opened over and over from
// before the stop until after the wake, and nobody may get an error. Can be run alone: node bench/idle-wake.mjs
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { figure, figureTable, median, quantile } from './figures.mjs';
import { ask, cookieOf } from './http.mjs';
import { startMooring } from './mooring.mjs';

const require = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const { ConflictError, openStore } = await import(require.resolve('@mooring/resources'));

const PEOPLE = 20;
/** How many sessions are woken at a time, round by round; how long it takes is measured where it is one. */
const ROUNDS = [1, 1, PEOPLE, PEOPLE, PEOPLE];
/** Between two navigations of one who is signed out: while sessions stop, and while they are woken one after another. */
const PACE_MS = { stop: 10, wake: 200 };
const OWNERS_PACE_MS = 5;
const ROUTE_COOKIE = 'narrative_session';
const PAGE = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

export async function wake(say) {
  const mooring = await startMooring({ MOORING_IDLE_ACTION: 'Stop' });
  const store = await openStore({ path: join(mooring.data, 'mooring.db') });
  const site = { mooring, store, navigations: 0, bad: [], paceMs: PACE_MS.wake };
  try {
    say(`${PEOPLE} sessions are opened …`);
    const people = await Promise.all(Array.from({ length: PEOPLE }, (_, number) => newUser(site, `wake${number}`)));
    await allAre('Ready', site);
    const alone = [];
    for (const [round, abreast] of ROUNDS.entries()) {
      say(`stopped and woken, ${round + 1} of ${ROUNDS.length} …`);
      const times = await stopAndWake(people, abreast, site);
      if (abreast === 1) alone.push(...times);
    }
    return report(alone, site);
  } finally {
    await store.close();
    await mooring.stop();
  }
}

async function newUser({ mooring: { origin } }, user) {
  const signedIn = await ask(origin, '/login', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `user=${user}`,
  });
  const identity = cookieOf(signedIn, 'kbase_session');
  const wished = await ask(origin, '/narrative/', { headers: { accept: 'application/json', cookie: identity } });
  const route = cookieOf(wished, ROUTE_COOKIE);
  return { user, signedOut: route, owner: `${identity}; ${route}` };
}

/** Times of all wakes of a round, in ms. Who is signed out has the route's cookie, and wakes nothing. */
async function stopAndWake(people, abreast, site) {
  let goesOn = true;
  const hammering = people.map(async ({ signedOut }) => {
    while (goesOn) {
      await navigate(signedOut, site);
      await pause(site.paceMs);
    }
  });
  site.paceMs = PACE_MS.stop;
  await Promise.all(people.map(({ user }) => recordStop(user, site)));
  await allAre('Stopped', site);
  site.paceMs = PACE_MS.wake;
  const times = [];
  const asleep = [...people];
  const wakeOneByOne = async () => {
    for (let next = asleep.pop(); next; next = asleep.pop()) times.push(await wakeUp(next.owner, site));
  };
  await Promise.all(Array.from({ length: abreast }, wakeOneByOne));
  await allAre('Ready', site);
  goesOn = false;
  await Promise.all(hammering);
  return times;
}

/** From the owner's navigation to the first good answer of the container. */
async function wakeUp(owner, site) {
  const startedAt = performance.now();
  while (!(await navigate(owner, site))) await pause(OWNERS_PACE_MS);
  return performance.now() - startedAt;
}

/** Opens the page once; whether the container showed it. */
async function navigate(cookie, site) {
  site.navigations += 1;
  const answer = await ask(site.mooring.origin, '/narrative/', { headers: { ...PAGE, cookie } }).catch(({ message }) => ({ message }));
  if (!(answer.status < 400)) site.bad.push(answer.status ?? answer.message);
  return answer.status === 200 && answer.headers['mooring-front'] === undefined;
}

/** What the reaper writes; the status is written at the same time. */
async function recordStop(user, { store }) {
  for (;;) {
    const { items } = await store.list('Session');
    const session = items.find(({ spec }) => spec.owner.name === user);
    try {
      return await store.update('Session', { ...session, spec: { ...session.spec, running: false } });
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

async function allAre(phase, { store }) {
  for (;;) {
    const { items } = await store.list('Session');
    if (items.length === PEOPLE && items.every(({ status }) => status.phase === phase)) return;
    await pause(20);
  }
}

function report(times, { navigations, bad }) {
  const kinds = [...new Set(bad)].join(', ');
  return {
    text: [
      `From the owner's navigation to a stopped session to the first good answer through Traefik: ${Math.round(median(times))} ms (median of ${times.length} one after another; nine tenths within ${Math.round(quantile(times, 0.9))} ms).`,
      `In ${PEOPLE * ROUNDS.length} wakes, one or ${PEOPLE} at a time, ${bad.length} of ${navigations} navigations from before the stop until after the wake got an error${kinds && ` (${kinds})`}.`,
    ].join('\n'),
    figures: [figure('idle.wake_p50_ms', median(times), 'ms', 500), figure('idle.wake_errors', bad.length, 'answers', 0)],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { text, figures } = await wake((line) => console.error(line));
  console.log(`${text}\n\n${figureTable(figures)}`);
}
