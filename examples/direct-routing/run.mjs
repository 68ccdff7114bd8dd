#!/usr/bin/env node
// ContainerDirectRouting's two examples, beside a running `MOORING_IMAGE=mooring/demo npm start`:
//   node examples/direct-routing/run.mjs cookie
//   node examples/direct-routing/run.mjs path
// Deploys two mock apps that end by themselves when nobody has opened them for IDLE seconds, opens them, waits until they have ended, opens them
// again, and deletes them. With `cookie --stay` it leaves them, and Home, for a browser.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startHome } from './mock-home.mjs';

const BASE = Number(process.env.MOORING_PORT_BASE ?? 8080);
const DATA = process.env.MOORING_DATA ?? '.mooring';
const IDLE = process.env.IDLE ?? '5s';
const SITE = `http://127.0.0.1:${BASE}`;
const SPAWNER = `http://127.0.0.1:${BASE + 5}`;
const HOME_PORT = BASE + 9;
const NAMES = ['minion-1', 'minion-2'];

const [kind, option] = process.argv.slice(2);
if (kind !== 'cookie' && kind !== 'path') {
  console.error('Say which: node examples/direct-routing/run.mjs cookie, or path');
  process.exit(2);
}

const password = (await readFile(join(DATA, 'admin-password'), 'utf8')).trim();
let token;
({ token } = await spawner('/login', 'POST', { username: 'admin', password }));

/** Asks the management API; the answer's body. */
async function spawner(path, method = 'GET', body) {
  const answer = await fetch(`${SPAWNER}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { token }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${told.error ?? told.message}`);
  return told;
}

const rule = (name) => (kind === 'cookie' ? `HeadersRegexp("Cookie",".*instance=${name}.*")` : `PathPrefix("/apps/${name}")`);
const strip = (name) => ({
  [`traefik.http.routers.${name}.middlewares`]: `${name}-context`,
  [`traefik.http.middlewares.${name}-context.replacepathregex.regex`]: `^/apps/${name}(.*)`,
  [`traefik.http.middlewares.${name}-context.replacepathregex.replacement`]: '$1',
});

/** As their create-minions.sh has it. */
const bodyOf = (name, index) => ({
  name,
  network: 'managed',
  image: 'mooring/mock-app:latest',
  labels: {
    'health-check': `http://${name}:9000/status`,
    'traefik.enable': 'true',
    [`traefik.http.services.${name}.loadbalancer.server.port`]: '9000',
    [`traefik.http.routers.${name}.entrypoints`]: 'web',
    [`traefik.http.routers.${name}.rule`]: rule(name),
    ...(kind === 'path' && strip(name)),
  },
  envs: { TZ: 'Etc/UTC', CONNSTR: `db ${index + 1}`, IDLE: option === '--stay' ? '1m' : IDLE },
});

/** Opens a container's page as a program that would rather wait than poll. */
async function open(name) {
  const startedAt = performance.now();
  const headers = { accept: 'application/json', prefer: 'wait=30' };
  if (kind === 'cookie') {
    const led = await fetch(`http://127.0.0.1:${HOME_PORT}/home/${name}`, { redirect: 'manual' });
    headers.cookie = led.headers.get('set-cookie').split(';')[0];
  }
  const path = kind === 'cookie' ? '/' : `/apps/${name}/`;
  let answer = await fetch(`${SITE}${path}`, { headers, redirect: 'manual' });
  while (answer.status === 302) answer = await fetch(new URL(answer.headers.get('location'), SITE), { headers, redirect: 'manual' });
  console.log(`${name}: ${answer.status} after ${Math.round(performance.now() - startedAt)} ms: ${await answer.text()}`);
}

const home = await startHome({
  port: HOME_PORT,
  site: SITE,
  cookieOf: async (name) => (await spawner(`/deploy/${encodeURIComponent(name)}`)).cookie,
});
try {
  for (const [index, name] of NAMES.entries()) await spawner('/deploy', 'POST', bodyOf(name, index));
  for (const name of NAMES) await open(name);
  if (option === '--stay') {
    const where = kind === 'cookie' ? `http://127.0.0.1:${HOME_PORT}/home/${NAMES[0]}` : `${SITE}/apps/${NAMES[0]}/`;
    console.log(`Open ${where} in a browser; a minute after the last visit it ends by itself. Ctrl-C deletes them.`);
    await new Promise((resolve) => process.once('SIGINT', resolve));
  } else {
    console.log('They end by themselves …');
    while ((await spawner('/deploy')).instances.some(({ ContainerName, status }) => NAMES.includes(ContainerName) && status !== 'exited'))
      await pause(200);
    for (const name of NAMES) await open(name);
  }
} finally {
  for (const name of NAMES) await spawner(`/deploy/${name}`, 'DELETE').catch(({ message }) => console.error(message));
  home.close();
}
