// The loop at the size of a big site: the controller in a process of its own, against a local Rancher where nothing really runs.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figures.mjs';

const SESSIONS = 3000;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export async function loop(say) {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  const rancher = fork(here('./loop-rancher.mjs'), [folder]);
  const { url } = await message(rancher);
  try {
    return await measure(say, join(folder, 'store.db'), url);
  } finally {
    rancher.send('close');
    await new Promise((resolve) => rancher.once('exit', resolve));
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(say, store, url) {
  say(`${SESSIONS} sessions are created …`);
  const first = await startController(store, url);
  const created = await first.tell('create', { count: SESSIONS, prefix: 'narrative-user' });
  await first.tell('stop');
  say('a restart, and resyncs at rest …');
  const again = await startController(store, url);
  const { sinceStartMs } = await again.tell('ready');
  const resyncs = [];
  for (let run = 0; run < 5; run++) resyncs.push(await again.tell('resync'));
  const { rssMb, heapMb } = await again.tell('memory');
  await again.tell('stop');
  const writes = resyncs.reduce((sum, resync) => sum + resync.writes, 0);
  const cpu = median(resyncs.map(({ cpuMs }) => cpuMs));
  return {
    text: [
      `${SESSIONS} sessions: created in ${(created.tookMs / 1000).toFixed(1)} s with ${(created.calls / SESSIONS).toFixed(2)} calls each; after a restart all was looked at after`,
      `${(sinceStartMs / 1000).toFixed(2)} s; a whole resync at rest takes ${Math.round(cpu)} ms of CPU (median of ${resyncs.length}) and ${writes} writes; the process has ${Math.round(rssMb)} MB, ${Math.round(heapMb)} of them heap.`,
    ].join('\n'),
    figures: [
      figure(`loop.resync_${SESSIONS}_ms`, cpu, 'ms of CPU', 1000),
      figure('loop.resync_writes', writes, 'writes', 0),
      figure(`loop.restart_${SESSIONS}_ms`, sinceStartMs, 'ms', 5000),
      figure(`loop.rss_${SESSIONS}_mb`, rssMb, 'MB', 250),
      figure('loop.calls_per_session', created.calls / SESSIONS, 'calls', 3),
    ],
  };
}

async function startController(store, url) {
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
