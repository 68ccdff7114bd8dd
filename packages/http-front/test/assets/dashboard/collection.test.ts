import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { load, resource } from './support.js';

interface Row {
  uid: string;
  name: string;
  state: string;
}
interface Collection {
  counts: Record<string, number>;
  size: number;
  get(uid: string): Row | undefined;
  replace(resources: object[]): void;
  apply(change: { type: string; object: object }): void;
  look(filter: { search: string; states: Set<string> }): void;
  sort(order: { key: string; descending: boolean }): void;
  setSeen(seen: Map<string, number>): void;
  view(): Row[];
}
const { Collection } = await load<{ Collection: new () => Collection }>('collection.js');
const { comparer, matcher } = await load<{
  comparer(order: object, seenAt: () => undefined): (a: Row, b: Row) => number;
  matcher(filter: object): (row: Row) => boolean;
}>('rows.js');

let collection: Collection;
beforeEach(() => {
  collection = new Collection();
  collection.replace([
    resource('b', { phase: 'Ready', owner: 'grace' }),
    resource('a', { phase: 'Ready', owner: 'hopper', marked: true }),
    resource('c', { phase: 'Failed', image: 'lab/gpu:1' }),
  ]);
});
const names = () => collection.view().map(({ name }) => name);

describe('the sessions of the dashboard', () => {
  it('are sorted, and found by each of their words', () => {
    expect(names()).toEqual(['a', 'b', 'c']);
    collection.sort({ key: 'phase', descending: false });
    expect(names()).toEqual(['c', 'a', 'b']);
    collection.look({ search: ' GPU  c', states: new Set() });
    expect(names()).toEqual(['c']);
    collection.look({ search: '', states: new Set(['Marked', 'Failed']) });
    expect(names()).toEqual(['c', 'a']);
  });

  it('are counted by state, each once', () => {
    expect(collection.counts).toMatchObject({ Ready: 1, Marked: 1, Failed: 1 });
    collection.apply({ type: 'MODIFIED', object: resource('a', { phase: 'Ready' }) });
    collection.apply({ type: 'DELETED', object: resource('c', { phase: 'Failed' }) });
    expect(collection.counts).toMatchObject({ Ready: 2, Marked: 0, Failed: 0 });
  });

  it('stay the same rows where they are as they were, and the same array where nothing has changed', () => {
    const [row, view] = [collection.get('uid-b'), collection.view()];
    collection.setSeen(new Map([['uid-b', 1]]));
    expect(collection.view()).toBe(view);
    collection.replace([resource('b', { phase: 'Ready', owner: 'grace' })]);
    expect(collection.get('uid-b')).toBe(row);
    expect([names(), collection.size]).toEqual([['b'], 1]);
  });

  it('are there once, though a list has them on two pages', () => {
    collection.replace([resource('a', { version: 1 }), resource('z', { uid: 'uid-a', version: 2 })]);
    expect([names(), collection.counts.Ready, collection.size]).toEqual([['z'], 1, 1]);
  });

  it('may get another name', () => {
    const renamed = resource('z', { phase: 'Ready', uid: 'uid-a' });
    collection.apply({ type: 'MODIFIED', object: renamed });
    expect(names()).toEqual(['b', 'c', 'z']);
  });

  it('are sorted by when they were last used', () => {
    collection.sort({ key: 'seen', descending: true });
    collection.setSeen(new Map([['uid-c', 5]]));
    expect(names()).toEqual(['c', 'a', 'b']);
  });

  it('are after any changes what a look at all of them would find', () => {
    const change = fc.record({
      type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED'),
      name: fc.constantFrom(...'abcdefgh'),
      phase: fc.constantFrom('Ready', 'Failed', 'Starting'),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), fc.constantFrom('name', 'phase'), fc.boolean(), (changes, key, descending) => {
        const fresh = new Collection();
        const [filter, order] = [
          { search: '', states: new Set(['Ready', 'Failed']) },
          { key, descending },
        ];
        fresh.look(filter);
        fresh.sort(order);
        const expected = new Map<string, string>();
        for (const [version, { type, name, phase }] of changes.entries()) {
          fresh.apply({ type, object: resource(name, { phase, version }) });
          if (version % 3 === 0) fresh.view();
          if (type === 'DELETED') expected.delete(name);
          else expected.set(name, phase);
        }
        const rows = [...expected].map(([name, state]) => ({ name, state, text: name, uid: name }) as Row);
        const wanted = rows.filter(matcher(filter)).sort(comparer(order, () => undefined));
        expect(fresh.view().map(({ name, state }) => [name, state])).toEqual(wanted.map(({ name, state }) => [name, state]));
        expect(Object.values(fresh.counts).reduce((sum, count) => sum + count, 0)).toBe(expected.size);
      }),
    );
  });
});
