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

  it.each<[string, Page<Row>]>([
    ['a page that is not sorted by id', { rows: rows(2, 1, 3, 4), next: 4 }],
    ['a page with an id that has no number', { rows: [{ id: '1s1' }, { id: 'x' }], next: 2 }],
    ['pages of one row', { rows: rows(1), next: 1 }],
    ['an empty page that says there is more', { rows: [], next: 3_000 }],
    ['a marker that does not advance', { rows: rows(1, 2, 3, 4), next: 0 }],
  ])('refuses %s', async (_what, page) => {
    await expect(readPages('services', () => Promise.resolve(page))).rejects.toBeInstanceOf(UnstableListError);
  });

  it('has every row that was there all the time, exactly once, or fails', async () => {
    const edit = fc.record({ page: fc.nat(12), id: fc.integer({ min: 1, max: 60 }), add: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 60 })),
        fc.integer({ min: 2, max: 9 }),
        fc.array(edit),
        async (initial, limit, edits) => {
          const always = new Set(initial);
          for (const { id, add } of edits) if (!add) always.delete(id);
          const change = (ids: Set<number>, page: number) => {
            for (const { id, add } of edits.filter((one) => one.page === page)) add ? ids.add(id) : ids.delete(id);
          };
          const list = await readPages('services', pager(new Set(initial), limit, change)).catch((error: unknown) => error);
          if (list instanceof UnstableListError) return;
          const found = idsOf(list as Row[]);
          expect(new Set(found).size).toBe(found.length);
          expect([...always].filter((id) => !found.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
