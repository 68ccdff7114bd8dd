import { UnstableListError } from './errors.js';

export interface Page<T> {
  rows: T[];
  /** Rows that come before the next page, or null at the end: Rancher's markers are offsets (`m3000`; recordings 01-14, 01-15). */
  next: number | null;
}

export type ReadPage<T> = (offset: number) => Promise<Page<T>>;

/** Rows that one page repeats of the one before. As many may vanish from a list while a page is read before it is read anew. */
const OVERLAP = 50;
const MAX_TRIES = 4;

/**
 * Reads every page of a list that is sorted by id, so that each row that was there all the time is in the result, once.
 *
 * The marker is an offset: where a row goes from an earlier page, all later ones move up and one is skipped. Ids only grow, so the
 * pages are asked for with an overlap, and a page joins the one before only if it begins at or below the last id of that: then its
 * range of ids leaves no hole. Otherwise the whole list is read again, a few times, and then nothing is answered rather than a part.
 *
 * @throws UnstableListError
 */
export async function readPages<T extends { id: string }>(path: string, readPage: ReadPage<T>): Promise<T[]> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const rows = await readOnce(path, readPage);
    if (rows) return rows;
  }
  throw new UnstableListError(path, `it changed while its pages were read, ${MAX_TRIES} times in a row`);
}

async function readOnce<T extends { id: string }>(path: string, readPage: ReadPage<T>): Promise<T[] | undefined> {
  const byId = new Map<string, T>();
  let offset = 0;
  let lastId: number | undefined;
  for (;;) {
    const { rows, next } = await readPage(offset);
    if (lastId !== undefined && !joins(rows, lastId)) return undefined;
    for (const row of rows) byId.set(row.id, row);
    if (next === null) return [...byId.values()].sort((a, b) => idNumber(a.id) - idNumber(b.id));
    lastId = checkedLastId(path, rows);
    offset = nextOffset(path, { offset, next, length: rows.length });
  }
}

function joins(rows: readonly { id: string }[], lastId: number): boolean {
  const first = rows[0];
  return first !== undefined && idNumber(first.id) <= lastId;
}

function checkedLastId(path: string, rows: readonly { id: string }[]): number {
  const ids = rows.map(({ id }) => idNumber(id));
  const ascends = ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? Number.POSITIVE_INFINITY));
  const last = ids.at(-1);
  if (last === undefined || !ascends) throw new UnstableListError(path, 'its pages are not sorted by id, so they cannot be joined safely');
  return last;
}

function nextOffset(path: string, { offset, next, length }: { offset: number; next: number; length: number }): number {
  const target = next - Math.min(OVERLAP, Math.floor(length / 2));
  if (length < 2 || target <= offset)
    throw new UnstableListError(path, 'its pages are too small to overlap, or its markers do not advance');
  return target;
}

/** The number at the end of an id: 3 of `1s3`. @throws nothing: NaN never compares, so such ids don't join pages. */
export function idNumber(id: string): number {
  return Number(/\d+$/.exec(id)?.[0] ?? Number.NaN);
}
