import type { FieldValue, FilterTypes } from './filters.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 3000;

/** 100 by default; 0, negative or too large is 3000 (recordings 01-18 to 01-20b). */
export const readLimit = (query: URLSearchParams): number => {
  const text = query.get('limit');
  if (text === null || !/^-?\d+$/.test(text)) return DEFAULT_LIMIT;
  const limit = Number(text);
  return limit <= 0 || limit > MAX_LIMIT ? MAX_LIMIT : limit;
};

/** The marker is an offset (`m2`): what changes in between shifts the next page (README 6). */
const readOffset = (query: URLSearchParams): number => Number(/^m(\d{1,15})$/.exec(query.get('marker') ?? '')?.[1] ?? 0);

const withParameters = (path: string, query: URLSearchParams, drop: readonly string[], add: readonly [string, string][]): string => {
  const kept = [...query].filter(([name]) => !drop.includes(name));
  return `${path}?${new URLSearchParams([...kept, ...add])}`;
};

interface Sort {
  field: string;
  descending: boolean;
}

/** An unknown field to sort by is ignored (recording 01-20d); any order but `desc` is ascending. */
export const readSort = (query: URLSearchParams, types: FilterTypes): Sort | undefined => {
  const field = query.get('sort');
  return field !== null && Object.hasOwn(types, field) ? { field, descending: query.get('order') === 'desc' } : undefined;
};

const compare = (a: FieldValue, b: FieldValue): number => {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
};

/** Sorted by the field, equal ones by id; without a sort in the order given. */
export const sortBy = <T>(records: readonly T[], sort: Sort | undefined, fieldOf: (record: T, field: string) => FieldValue): T[] => {
  if (!sort) return [...records];
  const sign = sort.descending ? -1 : 1;
  return [...records].sort((a, b) => sign * compare(fieldOf(a, sort.field), fieldOf(b, sort.field)));
};

export const describeSort = (sort: Sort | undefined, path: string, query: URLSearchParams): unknown => {
  if (!sort) return null;
  const reverse = withParameters(path, query, ['order', 'marker'], [['order', sort.descending ? 'asc' : 'desc']]);
  return { name: sort.field, reverse, order: sort.descending ? 'desc' : 'asc' };
};

interface Page<T> {
  records: T[];
  pagination: Record<string, unknown>;
}

interface Rows<T> {
  records: readonly T[];
  /** How many rows a record takes. */
  rowsOf: (record: T) => number;
}

/** A limit and a marker count rows: a record is on a page where its first row is. */
export const takePage = <T>({ records, rowsOf }: Rows<T>, path: string, query: URLSearchParams): Page<T> => {
  const limit = readLimit(query);
  const begin = readOffset(query);
  const end = begin + limit;
  const hasIncluded = query.has('include');
  let row = 0;
  const firstRows = records.map((record) => {
    const first = row;
    row += hasIncluded ? rowsOf(record) : 1;
    return first;
  });
  const next = end < row ? withParameters(path, query, ['marker'], [['marker', `m${end}`]]) : null;
  const onPage = records.filter((_record, index) => (firstRows[index] ?? 0) >= begin && (firstRows[index] ?? 0) < end);
  return { records: onPage, pagination: pagination(limit, next) };
};

export const pagination = (limit: number, next: string | null): Record<string, unknown> => ({
  first: null,
  previous: null,
  next,
  limit,
  total: null,
  partial: next !== null,
});
