// From a new user's first GET to the first good answer through Traefik, with what it consists of; against the bare start of the same program.
import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { figure, median, table } from './figures.mjs';
import { ask, cookieOf } from './http.mjs';
import { startMooring } from './mooring.mjs';

const RUNS = { bare: 20, fast: 30, recorded: 12 };
const DEMO = fileURLToPath(new URL('../packages/local-rancher/dist/images/demo-server.js', import.meta.url));
const STATUS = '/narrative/api/status';
const STEPS = ['recorded', 'service active', 'container running', 'reachable', 'route live', 'first good answer'];

export async function firstAnswer(say) {
  say('the demo alone …');
  const bare = [];
  for (let run = 0; run < RUNS.bare; run++) bare.push(await bareStart(run));
  const rows = [];
  for (const pace of ['fast', 'recorded']) {
    say(`pace ${pace} …`);
    const mooring = await startMooring({ MOORING_PACE: pace });
    try {
      const runs = [];
      for (let run = 0; run < RUNS[pace]; run++) runs.push(await newUser(mooring, `bench-${run}`));
      rows.push([pace, runs]);
    } finally {
      await mooring.stop();
    }
  }
  return report(median(bare), rows);
}

/** Milliseconds from the spawn of the demo to its first answer, without anything of Mooring's. */
async function bareStart(run) {
  const ip = `127.200.${Math.floor(run / 250)}.${(run % 250) + 1}`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [DEMO, ip, '8888'], { stdio: 'ignore' });
  try {
    for (;;) {
      if (await answers(ip)) return performance.now() - startedAt;
    }
  } finally {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }
}

function answers(host) {
  return new Promise((resolve) => {
    const sent = request({ host, port: 8888, path: STATUS, agent: false }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode === 200));
    });
    sent.once('error', () => setTimeout(() => resolve(false), 2));
    sent.end();
  });
}

/** One new user: signed in before the clock starts, as people are; then one GET, and a look every 5 ms for the demo's answer. */
async function newUser(mooring, user) {
  const signedIn = await ask(mooring.origin, '/login', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `user=${user}`,
  });
  const identity = cookieOf(signedIn, 'kbase_session');
  const watched = await watchServices(mooring);
  const startedAt = Date.now();
  const wished = await ask(mooring.origin, '/narrative/', { headers: { accept: 'application/json', cookie: identity } });
  if (wished.status !== 202) throw new Error(`the wish was answered ${wished.status}: ${wished.text}`);
  const recordedAt = Date.now();
  const cookie = `${identity}; ${cookieOf(wished, 'narrative_session')}`;
  let good = false;
  while (!good) {
    const { status, headers } = await ask(mooring.origin, STATUS, { headers: { cookie } });
    good = status === 200 && headers['mooring-front'] === undefined;
    if (!good) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const answeredAt = Date.now();
  const { conditions } = await readySession(mooring, wished.headers.location, cookie);
  const at = (type) => Date.parse(conditions.find((condition) => condition.type === type).lastTransitionTime);
  const activeAt = await watched.activeAt;
  watched.close();
  const times = [recordedAt, activeAt, at('ContainerRunning'), at('Reachable'), at('Routed'), answeredAt];
  return Object.fromEntries(STEPS.map((step, index) => [step, times[index] - startedAt]));
}

/** When the first service became active, told by Rancher's change stream. */
async function watchServices({ base }) {
  const socket = new WebSocket(`ws://127.0.0.1:${base + 1}/v2-beta/projects/1a5/subscribe?eventNames=resource.change`);
  const activeAt = new Promise((resolve) => {
    socket.on('message', (data) => {
      const { resourceType, data: change } = JSON.parse(String(data));
      if (resourceType === 'service' && change?.resource?.state === 'active') resolve(Date.now());
    });
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { activeAt, close: () => socket.terminate() };
}

/** The session once it says that it is ready: its conditions know since when. */
async function readySession({ origin }, location, cookie) {
  for (;;) {
    const { status, text } = await ask(origin, location, { headers: { cookie, accept: 'application/json' } });
    if (status === 200) return JSON.parse(text);
  }
}

function report(bare, rows) {
  const medians = rows.map(([pace, runs]) => [pace, runs.length, STEPS.map((step) => median(runs.map((run) => run[step])))]);
  const lines = medians.map(([pace, count, figures]) => [
    pace,
    String(count),
    ...figures.map((ms) => String(Math.round(ms))),
    (figures.at(-1) / bare).toFixed(1),
  ]);
  const text = [
    'A new user: from the first GET to the first good answer through Traefik (medians, ms since the GET; service active is when the',
    `change stream told it). ratio: to the bare start of the same program, ${Math.round(bare)} ms (median of ${RUNS.bare}).`,
    '',
    table([['pace', 'runs', ...STEPS, 'ratio'], ...lines]),
  ].join('\n');
  const [fast, recorded] = medians.map(([, , figures]) => figures.at(-1));
  return {
    text,
    figures: [
      figure('first-answer.fast_p50_ms', fast, 'ms', 600),
      figure('first-answer.fast_ratio', fast / bare, 'bare starts'),
      figure('first-answer.recorded_p50_ms', recorded, 'ms'),
    ],
  };
}
