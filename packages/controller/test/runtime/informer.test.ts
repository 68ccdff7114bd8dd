import { describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { Informer, type Source, type WatchSignal } from '../../src/runtime/informer.js';
import { FakeClock } from './fake-clock.js';

interface Thing {
  id: string;
  state: string;
}

/** A source whose lists and signals the test hands out one by one. */
class FakeSource implements Source<Thing> {
  readonly lists: { resolve: (things: Thing[]) => void; reject: (error: Error) => void }[] = [];
  #signals: WatchSignal<Thing>[] = [];
  #wake: () => void = () => undefined;

  list(): Promise<Thing[]> {
    return new Promise((resolve, reject) => this.lists.push({ resolve, reject }));
  }

  send(signal: WatchSignal<Thing>): void {
    this.#signals.push(signal);
    this.#wake();
  }

  async *watch(signal: AbortSignal): AsyncIterable<WatchSignal<Thing>> {
    while (!signal.aborted) {
      yield* this.#signals.splice(0);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (this.#signals.length > 0) resolve();
      });
    }
  }

  keyOf(thing: Thing): string {
    return thing.id;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function start() {
  const source = new FakeSource();
  const clock = new FakeClock();
  const informer = new Informer<Thing>({ source, clock, log: quietLogger() });
  informer.start();
  source.send({ type: 'connected' });
  await turn();
  return { source, clock, informer };
}

describe('Informer', () => {
  it('lists once the watch is there, or when that is late', async () => {
    const { source, informer } = await start();
    expect(source.lists).toHaveLength(1);
    source.lists[0]?.resolve([]);
    await informer.stop();
    const late = { source: new FakeSource(), clock: new FakeClock() };
    const other = new Informer<Thing>({ ...late, log: quietLogger() });
    other.start();
    await turn();
    expect(late.source.lists).toHaveLength(0);
    late.clock.advance(500);
    await turn();
    expect(late.source.lists).toHaveLength(1);
    late.source.lists[0]?.resolve([]);
    await other.waitForSync();
    await other.stop();
  });

  it('is synced after its first whole list', async () => {
    const { source, informer } = await start();
    expect(informer.synced).toBe(false);
    source.lists[0]?.resolve([{ id: 'a', state: 'active' }]);
    await informer.waitForSync();
    expect([...informer.values()]).toEqual([{ id: 'a', state: 'active' }]);
    await informer.stop();
  });

  it('keeps what was set while a list was under way, and what was deleted meanwhile stays away', async () => {
    const { source, informer } = await start();
    informer.set({ id: 'new', state: 'active' });
    informer.delete('old');
    source.lists[0]?.resolve([
      { id: 'old', state: 'active' },
      { id: 'other', state: 'active' },
    ]);
    await informer.waitForSync();
    expect([...informer.values()].map(({ id }) => id).sort()).toEqual(['new', 'other']);
    await informer.stop();
  });

  it('lists again on a gap and tells of what vanished meanwhile', async () => {
    const { source, informer } = await start();
    source.lists[0]?.resolve([{ id: 'a', state: 'active' }]);
    await informer.waitForSync();
    const told: string[] = [];
    informer.onChange(({ id }) => told.push(id));
    source.send({ type: 'gap', reason: 'no ping' });
    await turn();
    source.lists[1]?.resolve([]);
    await turn();
    expect(told).toEqual(['a']);
    expect([...informer.values()]).toEqual([]);
    await informer.stop();
  });

  it('removes nothing when a list fails, and tries again', async () => {
    const { source, clock, informer } = await start();
    source.lists[0]?.resolve([{ id: 'a', state: 'active' }]);
    await informer.waitForSync();
    void informer.relist();
    await turn();
    source.lists[1]?.reject(new Error('half of it'));
    await turn();
    expect(informer.get('a')).toBeDefined();
    clock.advance(60_000);
    await turn();
    source.lists[2]?.resolve([{ id: 'b', state: 'active' }]);
    await turn();
    expect([...informer.values()].map(({ id }) => id)).toEqual(['b']);
    await informer.stop();
  });

  it('follows a list that was under way with another one, since it may have missed the reason', async () => {
    const { source, informer } = await start();
    void informer.relist();
    source.lists[0]?.resolve([]);
    await turn();
    expect(source.lists).toHaveLength(2);
    source.lists[1]?.resolve([]);
    await informer.stop();
  });
});
