// Containers that are asked for by their names, all of which are asleep: some of them are woken at random, one after another, through the real
// Traefik. A site with ten of them and one with a thousand run beside each other and are asked by turns, so that what else the machine does is the
// same for both.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { figure, median, quantile } from './figures.mjs';
import { ask } from './http.mjs';
import { startMooring } from './mooring.mjs';

const require = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const { ConflictError, openStore } = await import(require.resolve('@mooring/resources'));

const FEW = 10;
const MANY = 1_000;
/** Of the many, so many may be asked for: these have run. The others are recorded, and stopped from the beginning. */
const ASKED_OF_MANY = 100;
const TURNS = 30;
const DEPLOYED_ABREAST = 5;
const RECORDED_ABREAST = 50;
const PAGE = { accept: 'text/html', 'sec-fetch-mode': 'navigate', prefer: 'wait=30' };
const LOOK_MS = 20;

export async function direct(say) {
  const sites = [];
  try {
    for (const base of [18_480, 18_500]) sites.push(await openSite(base));
    const [few, many] = sites;
    say(`${FEW} containers are deployed and stopped on one site, ${MANY} on another …`);
    await Promise.all([deployAll(FEW, few), deployAll(ASKED_OF_MANY, many).then(() => recordOthers(MANY - ASKED_OF_MANY, many))]);
    say(`${TURNS} of each are woken by turns …`);
    const times = { few: [], many: [] };
    for (let turn = 0; turn < TURNS; turn += 1) {
      times.few.push(await wake(few));
      times.many.push(await wake(many));
    }
    return report(times);
  } finally {
    for (const { store, mooring } of sites) {
      await store.close();
      await mooring.stop();
    }
  }
}

async function openSite(base) {
  const mooring = await startMooring({ MOORING_DIRECT: 'cookie', MOORING_PORT_BASE: String(base) });
  const store = await openStore({ path: join(mooring.data, 'mooring.db') });
  return { mooring, store, token: await signIn(mooring), deployed: [] };
}

async function signIn({ base, data }) {
  const password = (await readFile(join(data, 'admin-password'), 'utf8')).trim();
  const body = JSON.stringify({ username: 'admin', password });
  return JSON.parse((await ask(`http://127.0.0.1:${base + 5}`, '/login', { method: 'POST', body })).text).token;
}

/** Does something with each of 0 … count - 1, some at a time. */
async function each(count, abreast, act) {
  let next = 0;
  const row = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: abreast }, row));
}

const deployAll = (count, site) =>
  each(count, DEPLOYED_ABREAST, async (index) => {
    const name = `named-${index}`;
    const cookie = await deploy(name, site);
    await stop(name, site);
    site.deployed.push({ name, cookie });
  });

async function deploy(name, { mooring, token }) {
  const body = JSON.stringify({ name, image: 'mooring/mock-app', labels: {}, envs: { IDLE: '1h' } });
  const headers = { token, 'content-type': 'application/json', prefer: 'wait=60' };
  const answer = await ask(`http://127.0.0.1:${mooring.base + 5}`, '/deploy', { method: 'POST', headers, body });
  if (answer.status !== 200) throw new Error(`${name} was answered ${answer.status}: ${answer.text}`);
  const { cookie } = JSON.parse(answer.text);
  return `${cookie.name}=${cookie.value}`;
}

/** What the management API would record; resolves when the controller has looked at all of them. */
async function recordOthers(count, { store }) {
  const { metadata, spec } = await store.get('Session', 'named-0');
  const { labels, finalizers } = metadata;
  await each(count, RECORDED_ABREAST, async (index) => {
    const name = `other-${index}`;
    const draft = { metadata: { name, labels, finalizers }, spec: { ...spec, running: false, route: { ...spec.route, name } } };
    await store.create('Session', draft, { secret: randomBytes(32).toString('hex') });
    while ((await store.get('Session', name)).status.phase !== 'Stopped') await pause(LOOK_MS);
  });
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
    await pause(LOOK_MS);
  }
}

/** The time in ms from a navigation to the container's first good answer, of one that is drawn by lot. */
async function wake(site) {
  const { name, cookie } = site.deployed[Math.floor(Math.random() * site.deployed.length)];
  const startedAt = performance.now();
  while (!(await navigate(cookie, site)));
  const ms = performance.now() - startedAt;
  await stop(name, site);
  return ms;
}

/** Whether the container answered, rather than the front, which leads there. */
async function navigate(cookie, { mooring }) {
  const { status, headers } = await ask(mooring.origin, '/', { headers: { ...PAGE, cookie } });
  if (status >= 400 || status === 202) throw new Error(`a navigation was answered ${status}`);
  return status === 200 && headers['mooring-front'] === undefined;
}

function report({ few, many }) {
  const tell = (times) => `${Math.round(median(times))} ms (nine tenths within ${Math.round(quantile(times, 0.9))} ms)`;
  return {
    text: `A stopped container's first good answer comes ${tell(few)} after a navigation where there are ${FEW} of them, and ${tell(many)} where there are ${MANY}.`,
    figures: [
      figure('direct.wake_p50_ms', median(few), 'ms', 500),
      figure(`direct.wake_${MANY}_p50_ms`, median(many), 'ms', 500),
      figure('direct.wake_growth', median(many) / median(few), 'times', 1.2),
    ],
  };
}
