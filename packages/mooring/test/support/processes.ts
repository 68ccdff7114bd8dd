import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach } from '@jest/globals';

const started: ChildProcess[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
});

/** A process that lasts, until the test is over at the latest; resolves when it runs its program. */
export async function lasting(
  options: { env?: Record<string, string>; ignoresTerm?: boolean } = {},
): Promise<{ child: ChildProcess; pid: number }> {
  const program = options.ignoresTerm ? "process.on('SIGTERM', () => {});" : '';
  const child = spawn(process.execPath, ['-e', `${program} console.log('up'); setInterval(() => {}, 1000);`], {
    env: options.env ?? {},
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return { child, pid: child.pid as number };
}

/** Ends a process for good. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
