import { describe, expect, it } from '@jest/globals';
import type { Store, StoredActivity } from '@mooring/resources';
import { ActivityBook } from '../../src/activity/book.js';
import { observe } from '../../src/activity/detector.js';
import { quietMs } from '../../src/activity/memory.js';
import { longestInterval } from '../../src/activity/schedule.js';
import { active, aPolicy, quiet, START } from './sample.js';

const POLICY = aPolicy();
const TICK_MS = 10_000;

/** What a store keeps of activity, and how often it was written. */
class KeptActivity {
  kept: StoredActivity = { observedAt: 0, memories: new Map() };
  readonly writes: string[][] = [];

  readonly store = {
    activity: async () => this.kept,
    saveActivity: async ({ observedAt, memories }: StoredActivity) => {
      this.writes.push([...memories.keys()]);
      this.kept = { observedAt, memories: new Map([...this.kept.memories, ...memories]) };
    },
  } as unknown as Store;
}

/** One process: looks at the given sessions, all of them quiet, every ten seconds. */
async function run(kept: KeptActivity, at: number, looks: readonly string[][]): Promise<ActivityBook> {
  const book = new ActivityBook(kept.store);
  await book.load();
  for (const [index, uids] of looks.entries()) {
    for (const uid of uids) {
      const look = { at: at + index * TICK_MS, run: 'r1', readings: { jupyter: quiet(START) }, maxGapMs: 3 * TICK_MS };
      const { memory, verdict } = observe(book.known(uid)?.memory, look, POLICY);
      book.note(uid, memory, verdict);
    }
    book.setAside(
      (uid) => uids.includes(uid),
      (uid) => uid !== 'gone',
    );
    await book.save(at + index * TICK_MS);
  }
  return book;
}

const quietOf = (book: ActivityBook, uid: string): number | undefined => {
  const memory = book.known(uid)?.memory;
  return memory && quietMs(memory);
};

describe('the book of activity', () => {
  it('stores a session once for as long as it is quiet, and the time of the look', async () => {
    const kept = new KeptActivity();
    await run(kept, START, [
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(kept.writes).toEqual([['a', 'b'], [], [], []]);
    expect(kept.kept.observedAt).toBe(START + 3 * TICK_MS);
  });

  it('knows after a restart how long each was quiet, to the last look', async () => {
    const kept = new KeptActivity();
    await run(kept, START, [['a'], ['a'], ['a']]);
    const again = new ActivityBook(kept.store);
    await again.load();
    expect(quietOf(again, 'a')).toBe(2 * TICK_MS);
    expect(again.known('a')?.verdict).toBeUndefined();
  });

  it('gives nothing to one that was left out, over however many restarts', async () => {
    const kept = new KeptActivity();
    const both = ['a', 'b'];
    await run(kept, START, [both, both, both, ['b'], ['b'], ['b']]);
    expect(quietOf(await run(kept, START + 1_000_000, [['b'], ['b'], ['b']]), 'a')).toBe(2 * TICK_MS);
    const third = await run(kept, START + 2_000_000, [both]);
    expect([quietOf(third, 'a'), quietOf(third, 'b')]).toEqual([2 * TICK_MS, 7 * TICK_MS]);
  });

  it('forgets one that is gone, and what can not be read', async () => {
    const kept = new KeptActivity();
    await run(kept, START, [['gone', 'a']]);
    kept.kept = { ...kept.kept, memories: new Map([...kept.kept.memories, ['a', '{"run":']]) };
    const book = await run(kept, START + TICK_MS, [[]]);
    expect([book.known('gone'), book.known('a')]).toEqual([undefined, undefined]);
  });

  it('writes nothing while all are in use, but for what has changed', async () => {
    const kept = new KeptActivity();
    const book = new ActivityBook(kept.store);
    for (let index = 0; index < 3; index++) {
      const at = START + index * TICK_MS;
      const look = { at, run: 'r1', readings: { jupyter: active(at) }, maxGapMs: 3 * TICK_MS };
      const { memory, verdict } = observe(book.known('a')?.memory, look, POLICY);
      book.note('a', memory, verdict);
      await book.save(at);
    }
    expect(kept.writes).toEqual([['a']]);
  });
});

describe('longestInterval', () => {
  it('is the time between two ticks', () => {
    expect(longestInterval('* * * * * *')).toBe(1000);
    expect(longestInterval('0 */5 * * * *')).toBe(300_000);
    expect(longestInterval('0 0 0 * * *')).toBeGreaterThanOrEqual(23 * 3_600_000);
    expect(() => longestInterval('never')).toThrow();
  });
});
