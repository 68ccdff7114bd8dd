import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { Store } from '../../src/store/store.js';
import { serviceBody } from '../support/harness.js';

const COMPILED = new URL('../../dist/local-rancher.js', import.meta.url).href;

/** Serves over a runtime that runs nothing; prints its address. */
const PROGRAM = `
import { startLocalRancher } from '${COMPILED}';
const none = async () => undefined;
const runtime = { recover: async () => new Map(), onHealth: () => undefined, onProgress: () => undefined, stop: none, remove: none, close: none, onExit: () => undefined, isRunning: () => true,
  start: async () => ({ address: '127.64.0.1', pid: 1 }) };
const silent = { error() {}, warn() {}, info() {}, debug() {} };
const rancher = await startLocalRancher({ dataDir: process.argv[2], port: 0, metadataPort: 0, runtime, logger: silent });
process.stdout.write(rancher.url + '\\n');
`;

let folder: string;
let child: ChildProcess;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'killed-'));
  const program = join(folder, 'program.mjs');
  await writeFile(program, PROGRAM);
  child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
});
afterEach(async () => {
  child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const addressOf = async (process: ChildProcess): Promise<string> => {
  if (!process.stdout) throw new Error('no stdout');
  const [line] = (await once(createInterface(process.stdout), 'line')) as [string];
  return `${line}/projects/1a5`;
};

const post = async (url: string, body: unknown): Promise<string | undefined> => {
  try {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return response.status === 201 ? ((await response.json()) as { id: string }).id : undefined;
  } catch {
    return undefined;
  }
};

describe('a process killed while it serves', () => {
  it('has lost nothing that it had answered', async () => {
    const project = await addressOf(child);
    const stackId = await post(`${project}/stacks`, { name: 'stack' });
    const answered: string[] = [];
    const creates = Array.from({ length: 60 }, async (_, i) => {
      const id = await post(`${project}/services`, serviceBody(`s${i}`, String(stackId)));
      if (id !== undefined) answered.push(id);
      if (answered.length === 20) child.kill('SIGKILL');
    });
    await Promise.all(creates);
    expect(answered.length).toBeGreaterThanOrEqual(20);
    const store = await Store.open(folder, quietLogger());
    const kept = new Set(store.services.all().map((service) => `1s${service.id}`));
    expect(answered.filter((id) => !kept.has(id))).toEqual([]);
    await store.close();
  });
});
