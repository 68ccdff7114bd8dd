import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import type { ImageManifest } from '../../src/runtime/image-manifest.js';
import { createProcessRuntime, type ProcessRuntime, type ProcessRuntimeOptions } from '../../src/runtime/process-runtime.js';
import { findProcess } from '../../src/runtime/process-table.js';
import type { ContainerSpec } from '../../src/runtime/runtime.js';

const silent = quietLogger();

/** A Node program as an image. */
export const program = (source: string) => ({ entrypoint: [process.execPath, '-e', source], command: [] });

const IMAGES: ImageManifest = {
  sleeper: { entrypoint: ['sleep'], command: ['1000'] },
  shell: { entrypoint: ['sh', '-c'], command: ['env; pwd'] },
};

export function spec(overrides: Partial<ContainerSpec> = {}): ContainerSpec {
  return { uuid: 'c1', name: 'stack-c1-1', image: 'sleeper', env: {}, labels: {}, volumes: [], ports: [8888], ...overrides };
}

/** As `abandoned-parent.mjs` has it. */
export const installationOf = (dataDir: string) => ({ variable: 'TEST_INSTALLATION', id: dataDir });

/** Folders and runtimes of one test file; `cleanUp` ends and removes them all. */
export class Fixture {
  readonly #folders: string[] = [];
  readonly #runtimes: ProcessRuntime[] = [];

  folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'mooring-runtime-'));
    this.#folders.push(path);
    return path;
  }

  runtime(options: Partial<ProcessRuntimeOptions> = {}): ProcessRuntime {
    const images = { ...IMAGES, ...options.images };
    const { dataDir = this.folder() } = options;
    const installation = installationOf(dataDir);
    const runtime = createProcessRuntime({ unknownImage: 'error', logger: silent, ...options, dataDir, installation, images });
    this.#runtimes.push(runtime);
    return runtime;
  }

  async cleanUp(): Promise<void> {
    await Promise.all(this.#runtimes.splice(0).map((runtime) => runtime.close(0)));
    for (const path of this.#folders.splice(0)) rmSync(path, { recursive: true, force: true });
  }
}

/** Polls until the check gives something; fails after `ms` with what it waited for. */
export async function eventually<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 10_000,
): Promise<T> {
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) {
    const result = await check();
    if (result !== undefined && result !== false) return result;
    await delay(10);
  }
  throw new Error(`waited ${ms} ms in vain for: ${what}`);
}

export const isAlive = (pid: number): boolean => findProcess(pid) !== undefined;

export const logOf = (runtime: ProcessRuntime, uuid = 'c1'): string => {
  const path = runtime.logPath(uuid);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

/** The number that a program wrote into its log as `<name>=<number>`. */
export function pidInLog(runtime: ProcessRuntime, name: string): Promise<number> {
  return eventually(`${name}=<pid> in the log`, () => {
    const found = new RegExp(`^${name}=(\\d+)$`, 'm').exec(logOf(runtime))?.[1];
    return found === undefined ? undefined : Number(found);
  });
}
