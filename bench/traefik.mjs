// What a request costs the real Traefik, in CPU of its process, as the number of sessions grows; what a hostile cookie costs; and where a cookie
// leads that nobody has. The document is the controller's own; all sessions lead to one bare server.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RouteTable } from '../packages/controller/dist/routes/table.js';
import { failsOverOnErrors } from '../packages/controller/dist/routes/traefik-version.js';
import { cacheFolder, makeCacheFolder } from '../packages/mooring/dist/provision/cache-folder.js';
import { findTraefik } from '../packages/mooring/dist/provision/traefik.js';
import { catchAllConfig } from '../packages/mooring/dist/traefik/catch-all.js';
import { staticConfig } from '../packages/mooring/dist/traefik/static-config.js';
import { figure, median, table } from './figures.mjs';
import { ask } from './http.mjs';

const SIZES = [10, 3_000, 10_000];
const CONNECTIONS = 16;
const REQUESTS = 4_000;
const ROUNDS = 5;
const HOSTILE = 20;
const OTHERS = `; theme=${'x'.repeat(292)}; _ga=${'y'.repeat(296)}`;
const TOKEN = 'bench-route-token-0123456789';
/** Linux counts a process' CPU in these. */
const TICK_MS = 10;

const secretOf = (n) => createHash('sha256').update(`session ${n}`).digest('hex');
const uidOf = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function listen(answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { server, port: server.address().port, close };
}

function tableOf(count, { backend, front, version }) {
  const routes = new RouteTable({
    ...{ entryPoint: 'web', fallbackUrl: `http://127.0.0.1:${front}`, frontPaths: ['/narrative*'], hosts: [], withSessions: true },
  });
  routes.failsOver = failsOverOnErrors(version);
  routes.markLoaded();
  for (let n = 0; n < count; n++)
    routes.set({
      uid: uidOf(n),
      route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] },
      secret: secretOf(n),
      address: { ip: '127.0.0.1', port: backend },
    });
  return routes;
}

async function startTraefik({ program, routesPort, front, ports }) {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-traefik-'));
  const [file, dynamicFile] = [join(folder, 'traefik.yaml'), join(folder, 'catch-all.yaml')];
  await writeFile(dynamicFile, JSON.stringify(catchAllConfig(`http://127.0.0.1:${front}`, ['/narrative*'])));
  const options = { version: program.version, entryPoint: `127.0.0.1:${ports.entry}`, management: `127.0.0.1:${ports.management}` };
  const routesUrl = `http://127.0.0.1:${routesPort}/traefik/config`;
  const config = staticConfig({ ...options, routesUrl, routeToken: TOKEN, dynamicFile, idleMs: 90_000 });
  // Its polls of a document of megabytes are not what a request costs: one is enough.
  config.providers.http.pollInterval = '1h';
  config.providers.http.pollTimeout = '20s';
  await writeFile(file, JSON.stringify(config));
  const child = spawn(program.path, [`--configFile=${file}`], { stdio: 'ignore' });
  return {
    pid: child.pid,
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** CPU that a process has used, in ms. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

const whoAnswers = async (origin, cookie) =>
  (await ask(origin, '/narrative/api/status', { headers: { cookie } }).catch(() => undefined))?.headers['x-who'];

async function until(condition, what) {
  const end = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited two minutes in vain for ${what}`);
    await sleep(100);
  }
}

/** So many requests over some connections, each with the cookie of another session. */
async function load(origin, count, cookieOf) {
  let next = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < count) {
        const answer = await ask(origin, '/narrative/api/status', { headers: { cookie: cookieOf(next++) } });
        if (answer.status !== 200) throw new Error(`Traefik answers ${answer.status}`);
      }
    }),
  );
}

/** Traefik's CPU a request, in µs, beyond what it uses when nobody asks: the median of the rounds. */
async function costOf(pid, origin, { count, requests, cookieOf }) {
  const rounds = [];
  for (let round = 0; round < count; round++) {
    const before = cpuOf(pid);
    await load(origin, requests, cookieOf);
    rounds.push(((cpuOf(pid) - before) * 1000) / requests);
  }
  return median(rounds);
}

async function measure(size, site) {
  const routes = tableOf(size, site);
  const document = routes.serve();
  const documents = await listen((_request, response) => response.setHeader('content-type', 'application/json').end(document));
  const ports = { entry: await freePort(), management: await freePort() };
  const traefik = await startTraefik({ program: site.program, routesPort: documents.port, front: site.front, ports });
  const origin = `http://127.0.0.1:${ports.entry}`;
  try {
    await until(async () => (await whoAnswers(origin, `narrative_session=${secretOf(size - 1)}`)) === 'session', 'the last route');
    const cookieOf = (n) => `narrative_session=${secretOf((n * 7919) % size)}${OTHERS}`;
    await load(origin, REQUESTS, cookieOf);
    const us = await costOf(traefik.pid, origin, { count: ROUNDS, requests: REQUESTS, cookieOf });
    const hostile = await costOf(traefik.pid, origin, {
      ...{ count: 3, requests: HOSTILE },
      cookieOf: (n) => `narrative_session=${secretOf(n % size)}; x=${'n'.repeat(8_000)}`,
    });
    const unknown = await whoAnswers(origin, `narrative_session=${'0'.repeat(64)}${OTHERS}`);
    return { size, us, hostileMs: hostile / 1000, unknown, bytes: document.length };
  } finally {
    await traefik.stop();
    documents.close();
  }
}

async function freePort() {
  const { port, server } = await listen(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function traefik(say) {
  const cache = await makeCacheFolder(cacheFolder(process.env));
  const { signal } = new AbortController();
  const program = await findTraefik({ environment: process.env, cache, signal, progress: { note: say } });
  const answerAs = (who) => listen((_request, response) => response.setHeader('x-who', who).end('ok'));
  const [backend, front] = [await answerAs('session'), await answerAs('front')];
  const rows = [];
  try {
    for (const size of SIZES) {
      say(`${size} sessions …`);
      rows.push(await measure(size, { program, version: program.version, backend: backend.port, front: front.port }));
    }
  } finally {
    backend.close();
    front.close();
  }
  return report(program.version, rows);
}

function report(version, rows) {
  const [few, many, most] = rows;
  const text = table([
    ['sessions', 'CPU a request (µs)', 'hostile cookie (ms)', 'unknown cookie', 'document (kB)'],
    ...rows.map(({ size, us, hostileMs, unknown, bytes }) => [
      ...[String(size), us.toFixed(0), hostileMs.toFixed(1), String(unknown), String(Math.round(bytes / 1000))],
    ]),
  ]);
  return {
    text: `Traefik ${version}, 600 bytes of other cookies\n${text}`,
    figures: [
      figure('traefik.cpu_10_us', few.us, 'µs'),
      figure('traefik.growth', many.us / few.us, 'x', 2),
      figure('traefik.growth_10000', most.us / few.us, 'x', 2.5),
      figure('traefik.hostile_ms', Math.max(...rows.map(({ hostileMs }) => hostileMs)), 'ms', 20),
      figure('traefik.unknown_elsewhere', rows.filter(({ unknown }) => unknown !== 'front').length, '', 0),
    ],
  };
}
