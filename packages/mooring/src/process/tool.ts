import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Environment } from '../config/sources.js';

export interface ToolOptions {
  /** Its whole environment; the program is looked for on this PATH. */
  environment: Environment;
  signal?: AbortSignal;
  /** Each line of stdout and stderr, as it comes. */
  onLine?: (line: string) => void;
  /** Milliseconds after which it is ended. */
  deadlineMs: number;
}

/** A program that was run to its end and failed, or that could not be run. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly code = 'ToolFailed';
  constructor(
    message: string,
    /** Its last lines, without addresses. */
    readonly lines: readonly string[],
  ) {
    super(message);
  }
}

const KEPT_LINES = 12;

/** Addresses (which may hold passwords, and the names of a site's own mirrors) have no place in what is shown. */
const withoutAddresses = (line: string): string =>
  line.replaceAll(/\b[a-z][a-z+]*:\/\/\S+/gi, '(address)').replaceAll(/host='[^']*'/g, "host='…'");

/**
 * Runs a program to its end, in a process group of its own, so that a Ctrl-C ends it by `signal` only.
 *
 * @returns what it wrote to stdout and stderr, a line an item.
 * @throws ToolError if it can't be started, fails, or takes longer than its deadline; the signal's reason if that ended it.
 */
export async function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<string[]> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, { env: { ...options.environment }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(withoutAddresses(line));
      options.onLine?.(withoutAddresses(line));
    });
  const end = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const limit = AbortSignal.any([AbortSignal.timeout(options.deadlineMs), ...(options.signal ? [options.signal] : [])]);
  limit.addEventListener('abort', end, { once: true });
  try {
    const outcome = await new Promise<string>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      child.once('close', (code, signal) => resolve(String(signal ?? code)));
    });
    options.signal?.throwIfAborted();
    if (outcome !== '0') throw new ToolError(describeFailure(command, args, outcome), lines.slice(-KEPT_LINES));
    return lines;
  } finally {
    limit.removeEventListener('abort', end);
  }
}

function describeFailure(command: string, args: readonly string[], outcome: string): string {
  const call = [command, ...args.slice(0, 3)].join(' ');
  if (outcome === 'ENOENT') return `${command} is not installed, or not on PATH.`;
  return outcome === 'SIGKILL' ? `${call} … took too long and was ended.` : `${call} … failed (${outcome}).`;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}
