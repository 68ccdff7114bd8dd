import { InvalidArgumentError } from './errors.js';
import type { Query } from './http/http.js';

/** Field (with a modifier, as in `name_prefix`) to a value, or to several that must all hold: Rancher joins repeated parameters by AND. */
export type Filters = Readonly<Record<string, string | readonly string[]>>;

/** Which modifiers a field takes, as the schema's collectionFilters say (recording 08-10-schema-service). */
type FilterType = keyof typeof MODIFIERS;
export type FilterTable = Readonly<Record<string, FilterType>>;

const MODIFIERS = {
  text: ['eq', 'ne', 'prefix', 'like', 'notlike', 'null', 'notnull'],
  exact: ['eq', 'ne', 'null', 'notnull'],
  number: ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'null', 'notnull'],
} as const;

/** One filter after the check. */
export interface Condition {
  parameter: string;
  field: string;
  modifier: string;
  value: string;
}

/**
 * Lets only filters through that Rancher honours, for it ignores unknown ones and answers with everything (recording 01-20e).
 * @throws InvalidArgumentError
 */
export function parseFilters(table: FilterTable, filters: Filters): Condition[] {
  return Object.entries(filters).flatMap(([parameter, given]) => {
    const { field, modifier } = parseParameter(table, parameter);
    const values = typeof given === 'string' ? [given] : (given ?? []);
    if (values.length === 0 || values.some((value) => value === '')) {
      throw new InvalidArgumentError(`The filter ${parameter} has no value; without one Rancher would answer with everything.`);
    }
    return values.map((value) => ({ parameter, field, modifier, value: field === 'id' ? bareId(value) : value }));
  });
}

function parseParameter(table: FilterTable, parameter: string): { field: string; modifier: string } {
  const [field = '', modifier = 'eq', ...rest] = parameter.split('_');
  const type = Object.hasOwn(table, field) ? table[field] : undefined;
  if (type && rest.length === 0 && (MODIFIERS[type] as readonly string[]).includes(modifier)) return { field, modifier };
  const known = Object.entries(table).map(([name, of]) => `${name} (${MODIFIERS[of].join(', ')})`);
  throw new InvalidArgumentError(`Rancher would ignore the filter ${parameter}. It knows ${known.join('; ')}.`);
}

export function toQuery(conditions: readonly Condition[]): Query {
  return conditions.map(({ parameter, value }) => [parameter, value]);
}

/** The filter `id` matches the bare number only (recordings 07-12-list-removed--id-3, --id-1s3). */
function bareId(id: string): string {
  return id.replace(/^\d+[a-z]+(?=\d+$)/, '');
}

const CHECKS: Readonly<Record<string, (actual: string, wanted: string) => boolean>> = {
  eq: (actual, wanted) => actual === wanted,
  ne: (actual, wanted) => actual !== wanted,
  prefix: (actual, wanted) => actual.startsWith(wanted),
};

/**
 * Whether a row is what was asked for, as far as the row itself tells. This also makes `name` exact where Rancher's database
 * compares without regard to case.
 */
export function satisfies(row: object, conditions: readonly Condition[]): boolean {
  return conditions.every(({ field, modifier, value }) => {
    const actual = (row as Record<string, unknown>)[field];
    const check = CHECKS[modifier];
    if (typeof actual !== 'string' || !check) return true;
    return check(field === 'id' ? bareId(actual) : actual, value);
  });
}
