// The front's ready path against a bare Fastify route, each in a process of its own: GET /narrative/x of people whose sessions are ready,
// and the status of a thousand sessions.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { figure, figureAtLeast, median, quantile } from './figures.mjs';
import { get, load } from './front-load.mjs';
import { ask } from './http.mjs';
import { furnish, sessionNumber } from './loop-site.mjs';

const NAMES = new URL('../packages/http-front/dist/narrative/names.js', import.meta.url);
const CONNECTIONS = 64;
const SESSIONS = { quick: 1000, slow: CONNECTIONS };
/** Milliseconds that each answer of Rancher and of the sign-in service takes at the slow site. */
const SLOW_MS = 20;
/** Seconds in which everything is compiled. */
const WARM_UP = 6;
/** By turns, so that whatever else the machine does slows all. */
const ROUNDS = 5;
const SECONDS = 2;
const STATUSES = 50;
const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export async function front(say) {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const auth2 = await openAuth2();
  const running = [];
  try {
    say(`${SESSIONS.quick} sessions, and ${SESSIONS.slow} where Rancher and the sign-in service take ${SLOW_MS} ms …`);
    const quick = await openSite(join(folder, 'quick'), { auth2, answerMs: 0, sessions: SESSIONS.quick, running });
    const slow = await openSite(join(folder, 'slow'), { auth2, answerMs: SLOW_MS, sessions: SESSIONS.slow, running });
    const bare = await openBare(quick, running);
    say(`${ROUNDS} rounds of ${SECONDS} s each: a bare route, the front, the front of the slow site, verification …`);
    const rounds = await inRounds({ quick, slow, bare });
    say(`the status of ${SESSIONS.quick} sessions …`);
    return report(rounds, await statuses(quick));
  } finally {
    for (const child of running.reverse()) child.kill('SIGKILL');
    auth2.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function report(rounds, { times, calls }) {
  const by = (name) => rounds.map((round) => round[name].perSecond);
  const ratio = (name, to) => median(rounds.map((round) => round[name].perSecond / round[to].perSecond));
  const p99 = median(rounds.map(({ quick }) => quantile(quick.times, 0.99)));
  return {
    text: [
      `GET /narrative/x of ${CONNECTIONS} people whose sessions are ready, over ${CONNECTIONS} connections: ${Math.round(median(by('quick')))} requests/s, a bare Fastify route that`,
      `answers the same page ${Math.round(median(by('bare')))}; with Rancher and the sign-in service at ${SLOW_MS} ms ${Math.round(median(by('slow')))}; 99 % within ${p99.toFixed(1)} ms.`,
      `Traefik's question whose a session is: ${Math.round(median(by('verify')))} requests/s. The status of ${SESSIONS.quick} sessions: median ${median(times).toFixed(1)} ms, ${calls} calls to Rancher meanwhile.`,
    ].join('\n'),
    figures: [
      figureAtLeast('front.ratio', ratio('quick', 'bare'), 'of bare', 0.6),
      figure('front.p99_ms', p99, 'ms', 15),
      figureAtLeast('front.slow_ratio', ratio('slow', 'quick'), 'of quick', 0.9),
      figure('front.status_1000_ms', median(times), 'ms', 20),
      figure('front.status_calls', calls, 'calls', 0),
      figure('front.verify_ratio', ratio('verify', 'bare'), 'of bare'),
    ],
  };
}

/** Whose token it is stands in it; it answers at once, or below /slow after a while. */
async function openAuth2() {
  const server = createServer(async ({ url, headers }, response) => {
    if (url.startsWith('/slow')) await pause(SLOW_MS);
    const user = headers.authorization.replace(/^token-/, '');
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ user, customroles: user === 'root' ? ['ADMIN'] : [] }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return { url: (path) => `http://127.0.0.1:${port}/${path}`, close: () => server.closeAllConnections() ?? server.close() };
}

/** What a process tells next. */
const told = (child) =>
  new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`${child.spawnargs[1]} ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });

function start(file, args, running) {
  const child = fork(here(file), args);
  running.push(child);
  return child;
}

async function openSite(folder, { auth2, answerMs, sessions, running }) {
  const { sessionNames } = await import(NAMES);
  const rancher = start('loop-rancher.mjs', [`${folder}-rancher`, String(answerMs)], running);
  const { url } = await told(rancher);
  const store = `${folder}.db`;
  const draftOf = (number) => {
    const draft = sessionNumber(number);
    const [name] = sessionNames('narrative-{}', draft.spec.owner.name);
    return { ...draft, metadata: { ...draft.metadata, name } };
  };
  await furnish({ store, url }, { from: 0, to: sessions, draftOf });
  const child = start('front-server.mjs', [store, url, auth2.url(answerMs > 0 ? 'slow' : 'quick'), `${folder}.log`], running);
  const { port, sessions: made } = await told(child);
  return { child, port, sessions: made };
}

const cookieOf = (user) => ({ cookie: `kbase_session=token-${user}` });

async function openBare({ port, sessions }, running) {
  const { status, headers, text } = await ask(`http://127.0.0.1:${port}`, '/narrative/x', {
    headers: { ...PAGE, ...cookieOf(sessions[0].owner) },
  });
  const child = start('front-bare.mjs', [], running);
  child.send({ status, type: headers['content-type'], body: text });
  return { port: (await told(child)).port };
}

const pages = (sessions) =>
  sessions.slice(0, CONNECTIONS).map(({ owner }) => ({ request: get('/narrative/x', { ...PAGE, ...cookieOf(owner) }), expected: 201 }));

const questions = (sessions) =>
  sessions.slice(0, CONNECTIONS).map(({ uid, owner }) => ({
    request: get(`/narrative_session/-/verify/${uid}`, {
      ...cookieOf(owner),
      'x-forwarded-method': 'GET',
      'x-forwarded-uri': '/narrative/x',
    }),
    expected: 204,
  }));

async function inRounds({ quick, slow, bare }) {
  const rounds = [];
  for (const { port, sessions = quick.sessions } of [bare, quick, slow]) await load(port, pages(sessions), WARM_UP);
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      bare: await load(bare.port, pages(quick.sessions), SECONDS),
      quick: await load(quick.port, pages(quick.sessions), SECONDS),
      slow: await load(slow.port, pages(slow.sessions), SECONDS),
      verify: await load(quick.port, questions(quick.sessions), SECONDS / 2),
    });
  }
  return rounds;
}

async function callsOf({ child }) {
  child.send({ command: 'calls' });
  return (await told(child)).calls;
}

/** One after another, as a dashboard asks. */
async function statuses(site) {
  const before = await callsOf(site);
  const times = [];
  for (let number = 0; number < STATUSES; number += 1) {
    const startedAt = performance.now();
    const { text } = await ask(`http://127.0.0.1:${site.port}`, '/narrative_status/', { headers: cookieOf('root') });
    times.push(performance.now() - startedAt);
    if (JSON.parse(text).narrative_services.length !== SESSIONS.quick)
      throw new Error(`the status tells of too few sessions: ${text.slice(0, 200)}`);
  }
  return { times, calls: (await callsOf(site)) - before };
}
