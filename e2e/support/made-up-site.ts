import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './command.js';

/** The internal listener over thousands of sessions that are only recorded; the benchmark's own (bench/dashboard-front.mjs). */
export interface MadeUpSite {
  origin: string;
  /** So many sessions change each second from now on. */
  changing(perSecond: number): Promise<void>;
  close(): Promise<void>;
}

async function said(child: ChildProcess): Promise<Record<string, string>> {
  const ended = new AbortController();
  const exit = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`the made-up site ended with ${code}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message'), exit]);
    return message as Record<string, string>;
  } finally {
    ended.abort();
    exit.catch(() => undefined);
  }
}

export async function openMadeUpSite(sessions: number): Promise<MadeUpSite> {
  const child = fork(join(ROOT, 'bench/dashboard-front.mjs'), [String(sessions)], { execArgv: [] });
  const { origin = '' } = await said(child);
  return {
    origin,
    changing: async (value) => {
      child.send({ ask: 'changing', value });
      await said(child);
    },
    close: async () => {
      const exited = once(child, 'exit');
      child.send({ ask: 'close' });
      await exited;
    },
  };
}
