import { setTimeout as delay } from 'node:timers/promises';
import { systemErrorCode } from './errors.js';

/** How long a process may take to vanish after SIGKILL: only one that hangs in the kernel needs longer. */
const KILL_DEADLINE_MS = 10_000;
const POLL_MS = 10;

type FindPids = () => readonly number[];

/** Signals a process, or with a negative number a whole group. One that is gone, or that isn't ours to signal, is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}

/** Waits until `find` finds nothing or `performance.now()` reaches what `deadline` says, which may change meanwhile; resolves with what is left. */
export async function waitUntilGone(find: FindPids, deadline: () => number): Promise<readonly number[]> {
  return pollUntilGone(find, deadline, () => {});
}

/** SIGKILL to all that `find` finds, again and again, since a process may fork meanwhile; resolves with what is left. */
export async function killUntilGone(find: FindPids): Promise<readonly number[]> {
  const deadline = performance.now() + KILL_DEADLINE_MS;
  return pollUntilGone(
    find,
    () => deadline,
    (pids) => signalAll(pids, 'SIGKILL'),
  );
}

export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) signalProcess(pid, signal);
}

async function pollUntilGone(find: FindPids, deadline: () => number, act: (pids: readonly number[]) => void): Promise<readonly number[]> {
  let pids = find();
  while (pids.length > 0 && performance.now() < deadline()) {
    act(pids);
    await delay(POLL_MS);
    pids = find();
  }
  return pids;
}
