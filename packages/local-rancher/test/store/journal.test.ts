import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Journal, readJournal } from '../../src/store/journal.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
  file = join(folder, 'a.journal');
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const open = async (snapshot: () => string[] = () => []): Promise<Journal> => {
  const journal = new Journal({ file, snapshot, onFailure: () => undefined });
  await journal.open();
  return journal;
};

describe('the journal', () => {
  it('has on disk what was flushed, in order, also of many at once', async () => {
    const journal = await open();
    const lines = Array.from({ length: 200 }, (_, i) => `line ${i}`);
    await Promise.all(
      lines.map((line) => {
        journal.append(() => line);
        return journal.flushed();
      }),
    );
    expect(await readJournal(file)).toEqual(lines);
    await journal.close();
  });

  it('is rewritten from the snapshot when it has grown', async () => {
    const state = new Map<string, string>();
    const journal = await open(() => [...state.values()]);
    const big = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 12; i++) {
      state.set('a', `a${i}${big}`);
      journal.append(() => `a${i}${big}`);
      await journal.flushed();
    }
    journal.append(() => 'last');
    await journal.flushed();
    const lines = await readJournal(file);
    expect(lines.length).toBeLessThan(12);
    expect(lines.at(-1)).toBe('last');
    expect(lines.filter((line) => line.startsWith('a11'))).not.toHaveLength(0);
    await journal.close();
  });

  it('is read without the end of a line that was cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ minLength: 1 }).map((text) => JSON.stringify(text))), fc.nat(), async (lines, cut) => {
        const text = lines.map((line) => `${line}\n`).join('');
        const kept = text.slice(0, text.length - (cut % (text.length + 1)));
        await writeFile(file, kept);
        const read = await readJournal(file);
        expect(lines.slice(0, read.length)).toEqual(read);
        expect(read.length).toBe(kept.split('\n').length - 1);
      }),
      { numRuns: 50 },
    );
  });

  it('is empty where there is no file', async () => {
    expect(await readJournal(join(folder, 'none'))).toEqual([]);
  });

  it('says so when the disk refuses, at once and from then on', async () => {
    let failures = 0;
    const journal = new Journal({
      file,
      snapshot: () => [],
      onFailure: () => {
        failures += 1;
      },
    });
    await journal.open();
    await journal.close();
    journal.append(() => 'too late');
    await expect(journal.flushed()).rejects.toThrow('can not write its state');
    await expect(journal.flushed()).rejects.toThrow('can not write its state');
    expect(failures).toBe(1);
    expect(await readFile(file, 'utf8')).toBe('');
  });
});
