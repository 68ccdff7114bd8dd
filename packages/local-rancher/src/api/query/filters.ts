import { parseId } from '../../model/ids.js';
import { internalError } from '../errors.js';

/** How a field can be filtered by (collectionFilters of the recordings 08-10-schema-*). */
export type FilterType = 'reference' | 'enum' | 'string' | 'date' | 'int';
export type FilterTypes = Readonly<Record<string, FilterType>>;
/** Dates as milliseconds, references as the number in the id. */
export type FieldValue = string | number | boolean | null;

interface Filter {
  field: string;
  modifier: string;
  value: string;
}

const SOME = ['eq', 'ne', 'null', 'notnull'];
const TEXT = [...SOME, 'prefix', 'like', 'notlike'];
const ORDERED = [...SOME, 'lt', 'lte', 'gt', 'gte'];
const MODIFIERS: Readonly<Record<FilterType, readonly string[]>> = {
  reference: SOME,
  enum: SOME,
  string: TEXT,
  date: ORDERED,
  int: ORDERED,
};

const splitName = (name: string, types: FilterTypes): { field: string; modifier: string } => {
  const cut = name.lastIndexOf('_');
  return Object.hasOwn(types, name) || cut < 0
    ? { field: name, modifier: 'eq' }
    : { field: name.slice(0, cut), modifier: name.slice(cut + 1) };
};

/** The filters among the parameters. Unknown fields and modifiers are ignored, as Rancher does (recordings 01-20e, 08-01-filter-09). */
export const readFilters = (query: URLSearchParams, types: FilterTypes): Filter[] =>
  [...query].flatMap(([name, given]) => {
    const { field, modifier } = splitName(name, types);
    const type = Object.hasOwn(types, field) ? types[field] : undefined;
    if (!type || !MODIFIERS[type].includes(modifier)) return [];
    const value = type === 'reference' ? String(parseId(given) ?? given) : given;
    return [{ field, modifier, value }];
  });

/** SQL's LIKE; case counts, as in the recordings' database. */
const like = (text: string, pattern: string): boolean => {
  const source = [...pattern].map((char) => (char === '%' ? '.*' : char === '_' ? '.' : char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`, 's').test(text);
};

const order = (value: FieldValue, limit: number): number =>
  typeof value === 'number' && !Number.isNaN(limit) ? value - limit : Number.NaN;

type Test = (value: FieldValue, given: string, limit: number) => boolean;

const isEqual: Test = (value, given, limit) => (Number.isNaN(limit) ? String(value) === given : value === limit);

const TESTS: Readonly<Record<string, Test>> = {
  eq: isEqual,
  ne: (value, given, limit) => !isEqual(value, given, limit),
  prefix: (value, given) => String(value).startsWith(given),
  like: (value, given) => like(String(value), given),
  notlike: (value, given) => !like(String(value), given),
  lt: (value, _given, limit) => order(value, limit) < 0,
  lte: (value, _given, limit) => order(value, limit) <= 0,
  gt: (value, _given, limit) => order(value, limit) > 0,
  gte: (value, _given, limit) => order(value, limit) >= 0,
};

/** @throws ApiError 500 for what isn't a date (recordings 08-01-filter-22, 07-12) */
const limitOf = (type: FilterType | undefined, given: string): number => {
  if (type !== 'date') return Number.NaN;
  const limit = /^\d{4}-\d{2}-\d{2}T/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(limit)) throw internalError();
  return limit;
};

type Predicate = (fieldOf: (field: string) => FieldValue) => boolean;

const toPredicate = ({ field, modifier, value: given }: Filter, types: FilterTypes): Predicate => {
  if (modifier === 'null') return (fieldOf) => fieldOf(field) === null;
  if (modifier === 'notnull') return (fieldOf) => fieldOf(field) !== null;
  const isOrdered = types[field] === 'int' && modifier !== 'eq' && modifier !== 'ne';
  const limit = isOrdered ? Number(given) : limitOf(types[field], given);
  const test = TESTS[modifier] ?? isEqual;
  return (fieldOf) => {
    const value = fieldOf(field);
    return value !== null && test(value, given, limit);
  };
};

/** All filters together: repeated ones must all hold (recording 08-01-filter-14). */
export const toMatcher = (filters: readonly Filter[], types: FilterTypes): Predicate => {
  const predicates = filters.map((filter) => toPredicate(filter, types));
  return (fieldOf) => predicates.every((predicate) => predicate(fieldOf));
};

/** `filters` of a collection: every field, null where it isn't filtered by. */
export const describeFilters = (filters: readonly Filter[], types: FilterTypes): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(types).map((field) => {
      const mine = filters.filter((filter) => filter.field === field);
      const described = mine.map(({ modifier, value }) => ({ modifier, value: value === '' && modifier.endsWith('null') ? null : value }));
      return [field, described.length === 0 ? null : described];
    }),
  );
