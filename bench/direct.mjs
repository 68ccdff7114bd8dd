// Containers that are asked for by their names, all of which are asleep: some of them are woken at random, one after another, through the real
// Traefik. Ten of them, and then a thousand.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { figure, median, quantile } from './figures.mjs';
import { ask } from './http.mjs';
import { startMooring } from './mooring.mjs';

const require = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const { ConflictError, openStore } = await import(require.resolve('@mooring/resources'));

/** How many sessions there are, and how many of them are woken. */
const SIZES = [
  { sessions: 10, wakes: 50 },
  { sessions: 1_000, wakes: 100 },
];
/** Deployed at a time: each runs until it is stopped. */
const ABREAST = 10;
const PAGE = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };
const PACE_MS = 5;

export async function direct(say) {
  const mooring = await startMooring({ MOORING_DIRECT: 'cookie' });
  const store = await openStore({ path: join(mooring.data, 'mooring.db') });
  try {
    const site = { mooring, store, token: await signIn(mooring), cookies: [] };
    const times = [];
    for (const { sessions, wakes } of SIZES) {
      say(`${sessions} containers are deployed and stopped …`);
      while (site.cookies.length < sessions) await deploySome(Math.min(ABREAST, sessions - site.cookies.length), site);
      say(`${wakes} of them are woken at random …`);
      times.push(await wakeSome(wakes, site));
    }
    return report(times);
  } finally {
    await store.close();
    await mooring.stop();
  }
}

async function signIn({ base, data }) {
  const password = (await readFile(join(data, 'admin-password'), 'utf8')).trim();
  const body = JSON.stringify({ username: 'admin', password });
  return JSON.parse((await ask(`http://127.0.0.1:${base + 5}`, '/login', { method: 'POST', body })).text).token;
}

async function deploySome(count, site) {
  const first = site.cookies.length;
  const names = Array.from({ length: count }, (_, index) => `named-${first + index}`);
  const answers = await Promise.all(names.map((name) => deploy(name, site)));
  await Promise.all(names.map((name) => stop(name, site)));
  site.cookies.push(...answers.map(({ cookie }, index) => ({ name: names[index], cookie: `${cookie.name}=${cookie.value}` })));
}

async function deploy(name, { mooring, token }) {
  const body = JSON.stringify({ name, image: 'mooring/mock-app', labels: {}, envs: { IDLE: '1h' } });
  const headers = { token, 'content-type': 'application/json', prefer: 'wait=60' };
  const answer = await ask(`http://127.0.0.1:${mooring.base + 5}`, '/deploy', { method: 'POST', headers, body });
  if (answer.status !== 200) throw new Error(`${name} was answered ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text);
}

/** What the reaper records; resolves when it is stopped. */
async function stop(name, { store }) {
  for (;;) {
    const session = await store.get('Session', name);
    if (session.status.phase === 'Stopped') return;
    try {
      if (session.spec.running) await store.update('Session', { ...session, spec: { ...session.spec, running: false } });
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
    await pause(20);
  }
}

/** Times in ms, from a navigation to the container's first good answer. */
async function wakeSome(count, site) {
  const times = [];
  for (let wakes = 0; wakes < count; wakes += 1) {
    const { name, cookie } = site.cookies[Math.floor(Math.random() * site.cookies.length)];
    const startedAt = performance.now();
    while (!(await navigate(cookie, site))) await pause(PACE_MS);
    times.push(performance.now() - startedAt);
    await stop(name, site);
  }
  return times;
}

/** Whether the container answered. */
async function navigate(cookie, { mooring }) {
  const { status, headers } = await ask(mooring.origin, '/', { headers: { ...PAGE, cookie } });
  if (status >= 400) throw new Error(`a navigation was answered ${status}`);
  return status === 200 && headers['mooring-front'] === undefined;
}

function report(times) {
  const [few, many] = times.map(median);
  const [least, most] = SIZES.map(({ sessions }) => sessions);
  return {
    text: `A stopped container's first good answer comes ${Math.round(few)} ms after a navigation where there are ${least} of them, and ${Math.round(many)} ms where there are ${most} (medians; nine tenths within ${Math.round(quantile(times[0], 0.9))} and ${Math.round(quantile(times[1], 0.9))} ms).`,
    figures: [
      figure('direct.wake_p50_ms', few, 'ms', 500),
      figure(`direct.wake_${most}_p50_ms`, many, 'ms', 500),
      figure('direct.wake_growth', many / few, 'times', 1.2),
    ],
  };
}
