import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { openTestStore, temporaryPath } from './support/stores.js';
import { until } from './support/until.js';

const PACKAGE = join(import.meta.dirname, '..');
/** Below the package, so that its dependencies are found from there. */
const FOLDER = join(PACKAGE, 'node_modules', '.cache', `durability-${process.pid}`);
const WRITER = join(FOLDER, 'writer.mjs');

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  const entry = join(PACKAGE, 'test', 'support', 'writer.ts');
  await build({
    entryPoints: [entry],
    outfile: WRITER,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
});

afterAll(() => rm(FOLDER, { recursive: true, force: true }));

/** Lets a writer run until it has acknowledged `count` more, kills it in the midst of its work, and answers all that it said. */
async function writeAndKill(path: string, count: number): Promise<string[]> {
  const writer = spawn(process.execPath, [WRITER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  writer.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const closed = once(writer, 'close');
  await until(() => said.split('\n').length > count || writer.exitCode !== null);
  writer.kill('SIGKILL');
  const [, signal] = await closed;
  expect(signal).toBe('SIGKILL');
  return said.split('\n').slice(0, -1);
}

describe('a process that is killed while it writes', () => {
  it('leaves a store that has all that was acknowledged, whole, and takes more', async () => {
    const path = await temporaryPath();
    const acknowledged: string[] = [];
    for (const count of [1, 17, 60]) acknowledged.push(...(await writeAndKill(path, count)));
    const store = await openTestStore({ path });
    const { items, resourceVersion } = await store.list('Session');
    const kept = items.map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`);
    expect(kept).toEqual(expect.arrayContaining(acknowledged));
    for (const { metadata } of items) expect(await store.secret(metadata.uid)).toBe(`secret-of-${metadata.name.slice(1)}`);
    // What was in flight at a kill is there with all its parts, or not at all.
    expect(Number(resourceVersion)).toBe(items.length);
    expect(items.length - acknowledged.length).toBeLessThanOrEqual(3);
  });
});
