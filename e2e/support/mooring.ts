import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, type RunningCommand, runCommand } from './command.js';
import { searchDataFolder } from './data-folder.js';

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
export interface RunningMooring extends RunningCommand {
  base: number;
  data: string;
  /** http://127.0.0.1:<base>: Traefik's entry point. */
  origin: string;
  /** Ends it and removes the data folder. */
  dispose(): Promise<void>;
}

/** The first of eight free ports in a row on 127.0.0.1. */
export async function freeBase(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    // Below those that Linux gives to outgoing connections (32768 and up), whoever's they are.
    const base = 20_000 + Math.floor(Math.random() * 1270) * 10;
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
  const running = runCommand(command as string, args, {
    ...cleanEnvironment(),
    MOORING_IMAGE: 'mooring/demo',
    log_level: 'debug',
    ...env,
    MOORING_PORT_BASE: String(ports),
    MOORING_DATA: folder,
  });
  await running.waitFor(() => running.stdout().includes('ready: '), 'the line that says it is ready', readyWithinMs);
  return {
    ...running,
    base: ports,
    data: folder,
    origin: `http://127.0.0.1:${ports}`,
    dispose: async () => {
      await running.end('SIGTERM');
      searchDataFolder(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** This process's environment without what would configure Mooring. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(MOORING_|NARRENV_|NODE_OPTIONS$|npm_)/.test(key)));
}
