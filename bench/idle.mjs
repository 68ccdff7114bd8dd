// The idle detector at the size of a big site: what a look at all sessions costs, and how fast those that nobody uses are ended. Each in a
// process of its own; at Rancher nothing really runs, and every call to it takes 20 ms. Then real sessions are stopped and woken.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, figureAtLeast, median } from './figures.mjs';
import { wake } from './idle-wake.mjs';

const SESSIONS = { looked: 10_000, reaped: 1000 };
const CALL_MS = 20;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export async function idle(say) {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-bench-'));
  try {
    say(`a look at ${SESSIONS.looked} sessions …`);
    const { cpuMs, firstCpuMs, stored } = await answerOf('./idle-tick.mjs', [String(SESSIONS.looked)]);
    say(`${SESSIONS.reaped} sessions that nobody uses are ended …`);
    const reaped = await withRancher(folder, (url) =>
      answerOf('./idle-reap.mjs', [join(folder, 'reap.db'), url, String(SESSIONS.reaped), String(CALL_MS)]),
    );
    const oneByOneMs = reaped.calls * CALL_MS;
    const perSession = reaped.calls / SESSIONS.reaped;
    const woken = await wake(say);
    return {
      text: [
        `A look at ${SESSIONS.looked} sessions, three tenths of them in use, takes ${Math.round(median(cpuMs))} ms of CPU (median of ${cpuMs.length}; ${Math.round(firstCpuMs)} ms the first time) and stores ${median(stored)} of them;`,
        `${SESSIONS.reaped} that nobody uses are gone after ${(reaped.tookMs / 1000).toFixed(1)} s with ${perSession.toFixed(2)} calls each, which one after another would take ${(oneByOneMs / 1000).toFixed(0)} s.`,
        woken.text,
      ].join('\n'),
      figures: [
        figure(`idle.tick_${SESSIONS.looked}_ms`, median(cpuMs), 'ms of CPU', 150),
        figure(`idle.first_tick_${SESSIONS.looked}_ms`, firstCpuMs, 'ms of CPU'),
        figureAtLeast(`idle.reap_${SESSIONS.reaped}_ratio`, oneByOneMs / reaped.tookMs, 'times faster', 10),
        figure('idle.calls_per_session', perSession, 'calls', 2),
        ...woken.figures,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function withRancher(folder, measure) {
  const rancher = fork(here('./loop-rancher.mjs'), [folder]);
  const { url } = await new Promise((resolve) => rancher.once('message', resolve));
  try {
    return await measure(url);
  } finally {
    rancher.send('close');
    await new Promise((resolve) => rancher.once('exit', resolve));
  }
}

/** What a part of the benchmark says at its end; rejects if it ends without. */
function answerOf(file, args) {
  const child = fork(here(file), args, { execArgv: ['--expose-gc'] });
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a part of the benchmark ended with ${code}`)));
  });
}
