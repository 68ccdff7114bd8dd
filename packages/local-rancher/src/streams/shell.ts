import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import type { OutputStream } from './exec-output.js';

interface ShellOptions {
  /** Of the container's process: the command runs in its environment and folder. */
  pid: number;
  command: readonly string[];
  onOutput: (stream: OutputStream, data: Buffer) => void;
  onEnd: () => void;
}

export interface Shell {
  write(data: Buffer): void;
  kill(): void;
}

const environmentOf = async (pid: number): Promise<NodeJS.ProcessEnv> => {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  const pairs = text.split('\0').filter((pair) => pair.includes('='));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
};

const killGroup = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};

/**
 * Runs a command beside a container's process, with its environment, marks included, so that it is found and ended with it.
 * There is no terminal: it can't be told its size, and the command sees that its input is none.
 */
export const openShell = async ({ pid, command, onOutput, onEnd }: ShellOptions): Promise<Shell> => {
  const [file = '/bin/sh', ...args] = command;
  const env = await environmentOf(pid);
  const child = spawn(file, args, { env, cwd: await readlink(`/proc/${pid}/cwd`), detached: true, stdio: 'pipe' });
  child.stdout.on('data', (data: Buffer) => onOutput('stdout', data));
  child.stderr.on('data', (data: Buffer) => onOutput('stderr', data));
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => onOutput('stderr', Buffer.from(`${error.message}\n`)));
  child.once('close', onEnd);
  return { write: (data) => child.stdin.write(data), kill: () => killGroup(child) };
};
