import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UnstableListError } from '../src/errors.js';
import { idNumber, type Page, readPages } from '../src/paging.js';

interface Row {
  id: string;
}

const rows = (...ids: number[]): Row[] => ids.map((id) => ({ id: `1s${id}` }));
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A server that sorts by id and pages by offset, whose list changes as told before each page. */
function pager(ids: Set<number>, limit: number, change: (ids: Set<number>, page: number) => void = () => {}) {
  let pages = 0;
  return (offset: number): Promise<Page<Row>> => {
    change(ids, pages++);
    const sorted = [...ids].sort((a, b) => a - b);
    const end = offset + limit;
    return Promise.resolve({ rows: rows(...sorted.slice(offset, end)), next: sorted.length > end ? end : null });
  };
}

const idsOf = (list: Row[]) => list.map(({ id }) => idNumber(id));

describe('readPages', () => {
  it('reads every page once and sorts by number', async () => {
    const list = await readPages('services', pager(new Set(range(1, 1_005)), 300));
    expect(idsOf(list)).toEqual(range(1, 1_005));
  });

  it('reads again where more rows vanished than the pages overlap', async () => {
    const vanish = (ids: Set<number>, page: number) => {
      if (page === 1) for (const id of range(1, 200)) ids.delete(id);
    };
    const list = await readPages('services', pager(new Set(range(1, 600)), 300, vanish));
    expect(idsOf(list)).toEqual(range(201, 600));
  });

  it('gives up on a list that never stands still', async () => {
    let page = 0;
    const unsteady = () => {
      page += 10;
      return Promise.resolve({ rows: rows(...range(page, page + 9)), next: 10 });
    };
    await expect(readPages('services', unsteady)).rejects.toMatchObject({ code: 'UnstableList' });
  });

  it.each<[string, Page<Row>, string]>([
    ['a page that is not sorted by id', { rows: rows(2, 1, 3, 4), next: 4 }, 'not sorted'],
    ['a page with an id that has no number', { rows: [{ id: '1s1' }, { id: 'x' }], next: 2 }, 'not sorted'],
    ['an empty page that says there is more', { rows: [], next: 3_000 }, 'not sorted'],
    ['pages of one row', { rows: rows(1), next: 1 }, 'too small'],
    ['a marker that does not advance', { rows: rows(1, 2, 3, 4), next: 0 }, 'do not advance'],
  ])('refuses %s', async (_what, page, reason) => {
    await expect(readPages('services', () => Promise.resolve(page))).rejects.toThrow(reason);
  });

  it('has every row that was there all the time, exactly once, or fails', async () => {
    const span = { page: fc.nat(8), from: fc.integer({ min: 1, max: 60 }), length: fc.integer({ min: 1, max: 12 }) };
    const edits = fc.array(fc.record({ ...span, add: fc.boolean() }), { maxLength: 4 });
    const initial = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 20 });
    await fc.assert(
      fc.asyncProperty(initial, fc.integer({ min: 2, max: 9 }), edits, async (ids, limit, changes) => {
        const list = await readPages('services', pager(new Set(ids), limit, editor(changes))).catch((error: unknown) => error);
        if (list instanceof UnstableListError) return;
        const found = idsOf(list as Row[]);
        const removed = new Set(changes.filter(({ add }) => !add).flatMap(idsIn));
        expect(new Set(found).size).toBe(found.length);
        expect(ids.filter((id) => !removed.has(id) && !found.includes(id))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });
});

interface Edit {
  /** Made before this page is read. */
  page: number;
  from: number;
  length: number;
  add: boolean;
}

const idsIn = ({ from, length }: Edit) => range(from, from + length - 1);

const editor = (edits: Edit[]) => (ids: Set<number>, page: number) => {
  for (const edit of edits.filter((one) => one.page === page)) {
    for (const id of idsIn(edit)) edit.add ? ids.add(id) : ids.delete(id);
  }
};
