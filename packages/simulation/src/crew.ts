import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Report } from './work.js';

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/** Has orders worked off by so many processes, in order; ends when all are, or when `onReport` says that it is enough. */
export async function workOff(
  orders: readonly Order[],
  processes: number,
  onReport: (report: Report) => 'go on' | 'enough',
): Promise<void> {
  const left = [...orders];
  const crew = Array.from({ length: Math.min(processes, orders.length) }, () =>
    fork(WORKER, { execArgv: ['--min-semi-space-size=64', '--max-semi-space-size=64'] }),
  );
  try {
    await Promise.all(crew.map((worker) => employ(worker, left, onReport)));
  } finally {
    for (const worker of crew) worker.kill();
  }
}

function employ(worker: ChildProcess, left: Order[], onReport: (report: Report) => 'go on' | 'enough'): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const order = left.shift();
      if (order) worker.send(order);
      else resolve();
    };
    worker.on('message', (report: Report) => {
      if (onReport(report) === 'enough') left.length = 0;
      next();
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a worker of the simulation ended by itself (exit code ${code})`)));
    next();
  });
}
