import { type ChildProcess, spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noteLog } from '../../leaks/watch.js';
import { until } from './until.js';

/** The folder of the workspace. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A command that was started in a process group of its own. */
export interface RunningCommand {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Sends a signal, to the process or to its whole group, and answers the exit code and how long it took, in ms. */
  end(signal: NodeJS.Signals, whom?: 'process' | 'group'): Promise<{ code: number | null; afterMs: number }>;
  /** Waits for something that it says or does; throws if it ends before. */
  waitFor(condition: () => boolean | Promise<boolean>, what: string, withinMs?: number): Promise<void>;
}

export function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv): RunningCommand {
  const child = spawn(command, args, { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk) => {
      output[name] += chunk;
      noteLog(String(chunk), `${basename(command)} ${args[1] ?? ''} ${name}`);
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const runs = (): boolean => child.exitCode === null && child.signalCode === null;
  const said = (): string => `stderr: ${output.stderr}`;
  return {
    child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    end: async (signal, whom = 'process') => {
      const sentAt = Date.now();
      if (runs()) process.kill(whom === 'group' ? -(child.pid as number) : (child.pid as number), signal);
      const code = await exited;
      return { code, afterMs: Date.now() - sentAt };
    },
    waitFor: async (condition, what, withinMs = 20_000) => {
      await until(
        () => {
          if (!runs()) throw new Error(`it ended with ${child.exitCode}: ${output.stderr}`);
          return condition();
        },
        { withinMs, what: () => `${what}; ${said()}` },
      );
    },
  };
}
