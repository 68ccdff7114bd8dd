import { describe, expect, it } from '@jest/globals';
import { Table } from '../../src/store/table.js';

interface Child {
  id: number;
  parent: number;
  name: string | null;
}

const idsOf = (records: Child[]): number[] => records.map(({ id }) => id);

describe('Table', () => {
  it('gives the records of one parent in the order of their ids', () => {
    const table = new Table<Child>(({ parent }) => parent);
    for (const id of [1, 2, 3, 4]) table.set({ id, parent: id % 2, name: null });
    table.set({ id: 1, parent: 1, name: 'changed' });
    expect(idsOf(table.childrenOf(1))).toEqual([1, 3]);
    expect(idsOf(table.childrenOf(7))).toEqual([]);
  });

  it('finds those of one parent that have a name, regardless of case, as they are now', () => {
    const table = new Table<Child>(({ parent }) => parent);
    table.set({ id: 1, parent: 1, name: 'Ada' });
    table.set({ id: 2, parent: 1, name: 'ada' });
    table.set({ id: 3, parent: 2, name: 'ada' });
    table.set({ id: 4, parent: 1, name: 'bob' });
    expect(idsOf(table.namesakesOf(1, 'ADA'))).toEqual([1, 2]);
    table.set({ id: 1, parent: 1, name: 'bob' });
    table.delete({ id: 4, parent: 1, name: 'bob' });
    expect(idsOf(table.namesakesOf(1, 'ada'))).toEqual([2]);
    expect(idsOf(table.namesakesOf(1, 'bob'))).toEqual([1]);
  });
});
