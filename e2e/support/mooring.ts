import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface StartOptions {
  /** Kept and used again where it is given: a second start on the same data. */
  data?: string;
  base?: number;
  env?: Record<string, string>;
  /** How it is started: the command itself, or npm, as a new user would. */
  by?: 'node' | 'npm';
  readyWithinMs?: number;
}

/** `mooring start`, running on ports and in a data folder of its own. */
export interface RunningMooring {
  base: number;
  data: string;
  child: ChildProcess;
  /** From the start to the line that says it is ready, in ms. */
  readyAfterMs: number;
  /** http://127.0.0.1:<base>: Traefik's entry point. */
  origin: string;
  stdout(): string;
  stderr(): string;
  /** Sends a signal, to the process or to its whole group, and answers the exit code and how long it took, in ms. */
  end(signal: NodeJS.Signals, whom?: 'process' | 'group'): Promise<{ code: number | null; afterMs: number }>;
  /** Ends it and removes the data folder. */
  dispose(): Promise<void>;
}

/** The first of eight free ports in a row on 127.0.0.1. */
export async function freeBase(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 20_000 + Math.floor(Math.random() * 3000) * 10;
    const free = await Promise.all(Array.from({ length: 8 }, (_, offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('no eight free ports in a row');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export async function startMooring({
  data,
  base,
  env = {},
  by = 'node',
  readyWithinMs = 90_000,
}: StartOptions = {}): Promise<RunningMooring> {
  const ports = base ?? (await freeBase());
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'mooring-e2e-')));
  const [command, ...args] = by === 'npm' ? ['npm', 'start'] : [process.execPath, join(ROOT, 'packages/mooring/dist/main.js'), 'start'];
  const startedAt = Date.now();
  const child = spawn(command as string, args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), MOORING_IMAGE: 'mooring/demo', ...env, MOORING_PORT_BASE: String(ports), MOORING_DATA: folder },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const running: RunningMooring = {
    base: ports,
    data: folder,
    child,
    readyAfterMs: 0,
    origin: `http://127.0.0.1:${ports}`,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    end: async (signal, whom = 'process') => {
      const sentAt = Date.now();
      if (child.exitCode === null && child.signalCode === null)
        process.kill(whom === 'group' ? -(child.pid as number) : (child.pid as number), signal);
      const code = await exited;
      return { code, afterMs: Date.now() - sentAt };
    },
    dispose: async () => {
      await running.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${output.stderr}`);
      return output.stdout.includes('ready: ');
    },
    { withinMs: readyWithinMs, what: () => `the line that says it is ready; stderr: ${output.stderr}` },
  );
  running.readyAfterMs = Date.now() - startedAt;
  return running;
}

/** This process's environment without what would configure Mooring. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(MOORING_|NARRENV_|NODE_OPTIONS$|npm_)/.test(key)));
}
