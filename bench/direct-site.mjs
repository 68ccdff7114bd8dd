// A Mooring on which containers are deployed by their names, and asked for by their cookies.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './http.mjs';
import { startMooring } from './mooring.mjs';

const require = createRequire(new URL('../packages/mooring/package.json', import.meta.url));
const { ConflictError, openStore } = await import(require.resolve('@mooring/resources'));

const PAGE = { accept: 'text/html', 'sec-fetch-mode': 'navigate', prefer: 'wait=30' };
const LOOK_MS = 20;

export async function openSite(settings) {
  const mooring = await startMooring({ MOORING_DIRECT: 'cookie', ...settings });
  const store = await openStore({ path: join(mooring.data, 'mooring.db') });
  return { mooring, store, token: await signIn(mooring), deployed: [] };
}

async function signIn({ base, data }) {
  const password = (await readFile(join(data, 'admin-password'), 'utf8')).trim();
  const body = JSON.stringify({ username: 'admin', password });
  return JSON.parse((await ask(`http://127.0.0.1:${base + 5}`, '/login', { method: 'POST', body })).text).token;
}

export async function closeSite({ store, mooring }) {
  await store.close();
  await mooring.stop();
}

/** Answers its cookie once its container runs. */
export async function deploy(name, { mooring, token }, image = 'mooring/mock-app') {
  const body = JSON.stringify({ name, image, labels: {}, envs: { IDLE: '1h' } });
  const headers = { token, 'content-type': 'application/json', prefer: 'wait=60' };
  const answer = await ask(`http://127.0.0.1:${mooring.base + 5}`, '/deploy', { method: 'POST', headers, body });
  if (answer.status !== 200) throw new Error(`${name} was answered ${answer.status}: ${answer.text}`);
  const { cookie } = JSON.parse(answer.text);
  return `${cookie.name}=${cookie.value}`;
}

/** What the reaper records; resolves when it is stopped. */
export async function stop(name, { store }) {
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
export async function wake(site) {
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
