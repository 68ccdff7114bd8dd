import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import type { Shell, ShellOrder } from './runtime.js';

const environmentOf = async (pid: number): Promise<NodeJS.ProcessEnv> => {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  const pairs = text.split('\0').filter((pair) => pair.includes('='));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
};

/** A terminal ends lines with CR LF (termios: ONLCR). */
const asTerminal = (data: Buffer): Buffer => Buffer.from(data.toString('latin1').replace(/\n/g, '\r\n'), 'latin1');

const killGroup = ({ pid }: ChildProcess): void => {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};

/**
 * Runs a command beside a container's process, with its environment, marks included, so that it is found and ended with it; in the
 * process' folder. There is no terminal: it can't be told its size, and the command sees that its input is none.
 */
export const openProcessShell = async (pid: number, { command, tty, onOutput, onEnd }: ShellOrder): Promise<Shell> => {
  const [file = '/bin/sh', ...args] = command;
  const env = await environmentOf(pid);
  const child = spawn(file, args, { env, cwd: await readlink(`/proc/${pid}/cwd`), detached: true, stdio: 'pipe' });
  const shown = tty ? asTerminal : (data: Buffer) => data;
  child.stdout.on('data', (data: Buffer) => onOutput('stdout', shown(data)));
  child.stderr.on('data', (data: Buffer) => onOutput('stderr', shown(data)));
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => onOutput('stderr', Buffer.from(`${error.message}\n`)));
  child.once('close', onEnd);
  return { write: (data) => child.stdin.write(data), kill: () => killGroup(child) };
};
