// The loop at the size of a big site: the controller in a process of its own, against a local Rancher where nothing really runs.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figures.mjs';
import { bareCalls, furnish } from './loop-site.mjs';

const SIZES = { small: 100, big: 3000, huge: 10_000 };
/** What a slow Rancher takes for a call, and how many calls are under way at once: the gateway's limit. */
const SLOW = { sessions: 1000, warmUp: 300, callMs: 20, concurrency: 20 };
/** Of a hundred reconciles each; the later half counts, when both processes have compiled what they need. */
const ROUNDS = 24;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export async function loop(say) {
  say(`${SLOW.sessions} new sessions, ${SLOW.callMs} ms a call …`);
  // A Rancher of its own each: what one has made would be in the other's lists.
  const bareMs = await withRancher(SLOW.callMs, (rancher) => bareCalls(rancher, SLOW));
  const created = { ...(await withRancher(SLOW.callMs, create)), bareMs };
  const grown = await withRancher(0, (hamlet) => withRancher(0, (site) => grow(say, { hamlet, site })));
  return report(created, grown);
}

/** A crowd of new sessions that were recorded while nobody knew where Rancher is, in a process that has seen a smaller crowd before. */
async function create(rancher) {
  const controller = await startController(rancher);
  await controller.tell('record', { count: SLOW.warmUp });
  await controller.tell('converge', { stack: 'warm-up' });
  await controller.tell('reopen', { path: `${rancher.store}.crowd` });
  await controller.tell('record', { count: SLOW.sessions });
  const created = await controller.tell('converge');
  await controller.tell('stop');
  return created;
}

/** One site that grows from size to size, and a small one beside it to compare with. */
async function grow(say, { hamlet, site }) {
  say(`a site of ${SIZES.big} sessions: restart, resyncs, services deleted by hand …`);
  await (await settle(site, { from: 0, to: SIZES.big })).tell('stop');
  const big = await startController(site);
  const { sinceStartMs } = await big.tell('converge');
  const resyncs = await repeat(5, () => big.tell('resync'));
  const memory = await big.tell('memory');
  const drifts = await repeat(5, (number) => big.tell('drift', { number }));
  await big.tell('stop');

  say(`a site of ${SIZES.huge} sessions, and one of ${SIZES.small} …`);
  const huge = await settle(site, { from: SIZES.big, to: SIZES.huge });
  const { rssMb } = await huge.tell('memory');
  const small = await settle(hamlet, { from: 0, to: SIZES.small });
  // By turns, so that whatever else the machine does slows both.
  const rounds = await repeat(ROUNDS, async () => ({ small: await small.tell('reconcile'), huge: await huge.tell('reconcile') }));
  await Promise.all([small.tell('stop'), huge.tell('stop')]);
  return { sinceStartMs, resyncs, memory, drifts, rssMb, rounds };
}

/** More sessions, with their services; and the controller that has recorded all that there is to say of them. */
async function settle(rancher, added) {
  await furnish(rancher, added);
  const controller = await startController(rancher);
  await controller.tell('converge');
  await controller.tell('resync');
  return controller;
}

function report(created, { sinceStartMs, resyncs, memory, drifts, rssMb, rounds }) {
  const cpu = median(resyncs.map(({ cpuMs }) => cpuMs));
  const writes = resyncs.reduce((sum, resync) => sum + resync.writes, 0);
  const drift = Math.max(...drifts.map(({ tookMs }) => tookMs));
  const [small, huge] = ['small', 'huge'].map((size) => median(rounds.slice(ROUNDS / 2).map((round) => round[size].cpuMs)));
  const ratio = created.tookMs / created.bareMs;
  const nominalMs = (created.calls * SLOW.callMs) / SLOW.concurrency;
  return {
    text: [
      `${SLOW.sessions} new sessions against a Rancher that takes ${SLOW.callMs} ms a call: all ready after ${seconds(created.tookMs)} with ${(created.calls / SLOW.sessions).toFixed(2)} calls each;`,
      `a client that does nothing but these calls, ${SLOW.concurrency} at a time, takes ${seconds(created.bareMs)}, and they cost ${seconds(nominalMs)} by the clock alone. ${SIZES.big} sessions: after a restart all was looked at after ${seconds(sinceStartMs)}; a whole`,
      `resync at rest takes ${Math.round(cpu)} ms of CPU (median of ${resyncs.length}) and ${writes} writes; the process has ${Math.round(memory.rssMb)} MB, ${Math.round(memory.heapMb)} of them heap; the repair of`,
      `a service that was deleted by hand has begun ${Math.round(drift)} ms after Rancher's event (the worst of ${drifts.length}). ${SIZES.huge} sessions: ${Math.round(rssMb)} MB; a change of`,
      `one session and its reconcile take ${huge.toFixed(2)} ms of CPU, among ${SIZES.small} ${small.toFixed(2)} ms.`,
    ].join('\n'),
    figures: [
      figure(`loop.resync_${SIZES.big}_ms`, cpu, 'ms of CPU', 1000),
      figure('loop.resync_writes', writes, 'writes', 0),
      figure(`loop.restart_${SIZES.big}_ms`, sinceStartMs, 'ms', 5000),
      figure(`loop.rss_${SIZES.big}_mb`, memory.rssMb, 'MB', 250),
      figure(`loop.rss_${SIZES.huge}_mb`, rssMb, 'MB', 500),
      figure('loop.growth', huge / small, 'x', 1.3),
      figure(`loop.create_${SLOW.sessions}_ratio`, ratio, 'x', 1.2),
      figure('loop.calls_per_session', created.calls / SLOW.sessions, 'calls', 3),
      figure('loop.drift_repair_ms', drift, 'ms', 1500),
    ],
  };
}

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

async function repeat(times, act) {
  const results = [];
  for (let run = 0; run < times; run++) results.push(await act(run));
  return results;
}

/** A local Rancher in a process of its own, with a path for a store beside it. */
async function withRancher(answerMs, measure) {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const rancher = fork(here('./loop-rancher.mjs'), [folder, String(answerMs)]);
  const { url } = await message(rancher);
  try {
    return await measure({ url, store: join(folder, 'store.db') });
  } finally {
    rancher.send('close');
    await new Promise((resolve) => rancher.once('exit', resolve));
    await rm(folder, { recursive: true, force: true });
  }
}

async function startController({ store, url }) {
  const child = fork(here('./loop-controller.mjs'), [store, url], { execArgv: ['--expose-gc'] });
  await message(child);
  return {
    async tell(command, options = {}) {
      const answer = message(child);
      child.send({ command, ...options });
      const result = await answer;
      if (command === 'stop') await new Promise((resolve) => child.once('exit', resolve));
      return result;
    },
  };
}

/** The next message of a child; rejects if it ends instead. */
function message(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`a part of the benchmark ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (said) => {
      child.off('exit', ended);
      resolve(said);
    });
  });
}
