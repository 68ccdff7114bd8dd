import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Baselines } from '../src/engine/baselines.js';
import { repeatedly } from '../src/repeatedly.js';

const PUT = { '/a': { size: 1, mtime: 2 } };

describe('what was put into containers', () => {
  let folder: string;
  let baselines: Baselines;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'baselines-'));
    baselines = new Baselines(folder);
    for (const id of ['a1', 'b2']) await baselines.add(id, PUT);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is forgotten of those that are no more', async () => {
    await baselines.keepOnly(async () => new Set(['b2']));
    expect([readdirSync(folder), await baselines.of('a1'), await baselines.of('b2')]).toEqual([['b2.json'], {}, PUT]);
  });

  it('is kept of one that comes while it is asked which there are', async () => {
    await baselines.keepOnly(async () => {
      await baselines.add('c3', PUT);
      return new Set(['a1']);
    });
    expect(readdirSync(folder).sort()).toEqual(['a1.json', 'c3.json']);
  });

  it('is kept where it is not told which there are', async () => {
    await expect(baselines.keepOnly(() => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
    expect(readdirSync(folder).sort()).toEqual(['a1.json', 'b2.json']);
  });

  it('is all that is forgotten: what else lies in the folder stays, and is no reason to ask', async () => {
    mkdirSync(join(folder, 'lost+found'));
    writeFileSync(join(folder, 'notes.json'), '');
    await baselines.keepOnly(async () => new Set());
    expect(readdirSync(folder).sort()).toEqual(['lost+found', 'notes.json']);
    await baselines.keepOnly(() => Promise.reject(new Error('was asked')));
  });

  it('is no reason to ask where there is nothing', async () => {
    await new Baselines(join(folder, 'none')).keepOnly(() => Promise.reject(new Error('was asked')));
  });
});

it('what is done repeatedly goes on where it fails, which is told once in a row', async () => {
  const ending = new AbortController();
  const outcomes = ['fails', 'fails again', '', 'fails anew', ''];
  const told: string[] = [];
  const pauses: number[] = [];
  await repeatedly(
    async () => {
      const outcome = outcomes.shift();
      if (outcome) throw new Error(outcome);
    },
    {
      everyMs: 7,
      signal: ending.signal,
      failed: (error) => told.push((error as Error).message),
      pause: async (ms) => {
        pauses.push(ms);
        if (outcomes.length === 0) ending.abort();
      },
    },
  );
  expect([told, pauses]).toEqual([
    ['fails', 'fails anew'],
    [7, 7, 7, 7, 7],
  ]);
});
