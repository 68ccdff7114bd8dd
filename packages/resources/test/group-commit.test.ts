import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { AlreadyExistsError, ConflictError, type WatchEvent } from '../src/index.js';
import { openDatabase } from '../src/sql/database.js';
import { GroupCommit } from '../src/sql/group-commit.js';
import { sessionDraft } from './support/drafts.js';
import { openTestStore, temporaryPath } from './support/stores.js';

describe('writes that come together', () => {
  it('succeed and fail each for itself, in the order in which they came', async () => {
    const store = await openTestStore();
    const ada = await store.create('Session', sessionDraft('ada'));
    const stale = { ...ada, metadata: { ...ada.metadata, resourceVersion: '0' } };
    const outcomes = await Promise.allSettled([
      store.create('Session', sessionDraft('bea')),
      store.create('Session', sessionDraft('ada')),
      store.update('Session', stale),
      store.delete('Session', 'ada'),
      store.create('Session', sessionDraft('ada')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: expect.any(AlreadyExistsError) });
    expect(outcomes[2]).toMatchObject({ reason: expect.any(ConflictError) });
    const { items, resourceVersion } = await store.list('Session');
    expect(items.map(({ metadata }) => [metadata.name, metadata.resourceVersion])).toEqual([
      ['ada', '4'],
      ['bea', '2'],
    ]);
    expect(resourceVersion).toBe('4');
  });

  it('leave nothing of one that fails while it is written, and the others are done', async () => {
    const store = await openTestStore();
    const { metadata } = await store.create('Session', sessionDraft('ada'));
    const outcomes = await Promise.allSettled([
      store.create('Session', sessionDraft('bea')),
      store.create('Session', sessionDraft('twin'), { uid: metadata.uid }),
      store.create('Session', sessionDraft('cleo')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const { items, resourceVersion } = await store.list('Session');
    expect(items.map((item) => [item.metadata.name, item.metadata.resourceVersion])).toEqual([
      ['ada', '1'],
      ['bea', '2'],
      ['cleo', '3'],
    ]);
    expect(resourceVersion).toBe('3');
  });

  it('are told to watchers one by one', async () => {
    const store = await openTestStore();
    await Promise.all(['a', 'b', 'c'].map((name) => store.create('Session', sessionDraft(name))));
    const told: WatchEvent<'Session'>[] = [];
    for await (const event of store.watch('Session', { resourceVersion: '0' })) if (told.push(event) === 3) break;
    expect(told.map(({ object, resourceVersion }) => `${object.metadata.name} ${resourceVersion}`)).toEqual(['a 1', 'b 2', 'c 3']);
  });

  it('are all in the file once they were answered', async () => {
    const path = await temporaryPath();
    const store = await openTestStore({ path });
    const names = Array.from({ length: 250 }, (_, index) => `s${String(index).padStart(3, '0')}`);
    await Promise.all(names.map((name) => store.create('Session', sessionDraft(name))));
    const other = await openTestStore({ path });
    expect((await other.list('Session')).items.map(({ metadata }) => metadata.name)).toEqual(names);
  });
});

describe('what is on the disk when its writer is told', () => {
  /** SQLite's numbers: 1 is NORMAL, a commit in the log that the disk may not have yet; 2 is FULL. */
  it('is all that is committed along with a promise, and not what was observed alone', async () => {
    const db = await openDatabase(await temporaryPath());
    const writer = () => ({ carryOut: async (level: number) => level, finish: async () => undefined });
    const commits = new GroupCommit<number, number>(db, { writer, onCommit: () => undefined });
    const level: Parameters<typeof commits.run>[0] = async (tx) =>
      (await sql<{ synchronous: number }>`pragma synchronous`.execute(tx)).rows[0]?.synchronous ?? -1;
    expect(await commits.run(level, 'observed')).toBe(1);
    expect(await Promise.all([commits.run(level, 'observed'), commits.run(level, 'promised')])).toEqual([2, 2]);
    await commits.run(level, 'observed');
    expect(await db.transaction().execute(level)).toBe(2);
    await db.destroy();
  });
});

describe('in a crowd', () => {
  /** A group that waits until it is told that the time is over, with the names of what each commit held. */
  async function crowd() {
    const db = await openDatabase(':memory:');
    const committed: string[][] = [];
    const waits: { ms: number; over: () => void }[] = [];
    const pause = (ms: number) => new Promise<void>((over) => waits.push({ ms, over }));
    const writer = () => ({ carryOut: async (name: string) => name, finish: async () => undefined });
    const clock = { ms: 0 };
    const onCommit = (names: readonly string[]) => committed.push([...names]);
    const commits = new GroupCommit<string, string>(db, { writer, onCommit, pause, now: () => clock.ms });
    const write = (name: string, durability: 'promised' | 'observed') => commits.run(async () => name, durability);
    await Promise.all([write('a', 'promised'), write('b', 'promised')]);
    const waited = async () => {
      while (waits.length === 0) await new Promise((resolve) => setImmediate(resolve));
      return waits.shift() ?? { ms: 0, over: () => undefined };
    };
    return { committed, waited, waits, clock, write, close: () => db.destroy() };
  }

  it('what was only observed waits longer for others than what is promised', async () => {
    const { committed, waited, write, close } = await crowd();
    const first = write('c', 'observed');
    const long = await waited();
    const second = write('d', 'observed');
    long.over();
    const short = await waited();
    const third = write('e', 'observed');
    short.over();
    await Promise.all([first, second, third]);
    expect(committed).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    expect(long.ms).toBeGreaterThan(short.ms);
    await close();
  });

  it('a promise waits no longer for what was only observed before it', async () => {
    const { committed, waited, write, close } = await crowd();
    const observed = write('c', 'observed');
    const long = await waited();
    const promised = write('d', 'promised');
    const short = await waited();
    short.over();
    await Promise.all([observed, promised]);
    expect(committed).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(long.ms).toBeGreaterThan(short.ms);
    await close();
  });

  it('that is over nobody waits for others', async () => {
    const { committed, waits, clock, write, close } = await crowd();
    clock.ms += 50;
    await write('c', 'observed');
    expect([committed, waits]).toEqual([[['a', 'b'], ['c']], []]);
    await close();
  });
});
