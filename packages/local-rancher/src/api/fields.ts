import { invalid } from './errors.js';

type FieldType = 'string' | 'int' | 'boolean' | 'strings' | 'stringMap' | 'jsonMap' | 'object' | 'any';

/** What a field takes: the part of Rancher's schemas (recordings 08-10-schema-*) that is enforced. */
export interface FieldRule {
  type: FieldType;
  required?: boolean;
  /** Null is refused. Elsewhere it is taken as nothing. */
  isNeverNull?: boolean;
  options?: readonly string[];
  min?: number;
  max?: number;
  minLength?: number;
  maxLength?: number;
  /** What a text must match: InvalidCharacters otherwise. */
  pattern?: RegExp;
  /** Of an object: what its own fields take. */
  fields?: FieldRules;
}

export type FieldRules = Readonly<Record<string, FieldRule>>;

type Body = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

type Coercion = (value: unknown, field: string) => unknown;

/** Of a list the first counts. */
const toPlainText: Coercion = (value) => toText(Array.isArray(value) ? (value[0] ?? '') : value);

const numberOf = (value: unknown): number => {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') return /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : Number.NaN;
  return typeof value === 'number' ? Math.trunc(value) : Number.NaN;
};

/** What follows the point is dropped; a text must be a whole number. */
const toInt: Coercion = (value, field) => {
  const number = numberOf(value);
  if (!Number.isSafeInteger(number)) throw invalid('InvalidFormat', field);
  return number;
};

const TRUE = /^(?:true|yes|y|on|1)$/i;
const toBoolean: Coercion = (value) => TRUE.test(toText(value));

const toStrings: Coercion = (value, field) => {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (items.includes(null)) throw invalid('NotNullable', field);
  return items.map(toText);
};

const toJsonMap = (value: unknown, field: string): Body => {
  if (!isObject(value)) throw invalid('InvalidFormat', field);
  return value;
};

const toStringMap: Coercion = (value, field) =>
  Object.fromEntries(Object.entries(toJsonMap(value, field)).map(([key, item]) => [key, item === null ? '' : toText(item)]));

const COERCIONS: Readonly<Record<Exclude<FieldType, 'object'>, Coercion>> = {
  string: toPlainText,
  int: toInt,
  boolean: toBoolean,
  strings: toStrings,
  stringMap: toStringMap,
  jsonMap: toJsonMap,
  any: (value) => value,
};

const checkLength = ({ minLength, maxLength }: FieldRule, field: string, text: string): void => {
  if (minLength !== undefined && text.length < minLength) throw invalid('MinLengthExceeded', field);
  if (maxLength !== undefined && text.length > maxLength) throw invalid('MaxLengthExceeded', field);
};

const checkLimits = ({ min, max }: FieldRule, field: string, value: number): void => {
  if (min !== undefined && value < min) throw invalid('MinLimitExceeded', field);
  if (max !== undefined && value > max) throw invalid('MaxLimitExceeded', field);
};

const checkOptions = (options: readonly string[], field: string, value: unknown): void => {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.some((item) => !options.includes(String(item)))) throw invalid('InvalidOption', field);
};

const checkValue = (rule: FieldRule, field: string, value: unknown): void => {
  if (typeof value === 'number') checkLimits(rule, field, value);
  if (typeof value === 'string') checkLength(rule, field, value);
  if (rule.options) checkOptions(rule.options, field, value);
  if (typeof value === 'string' && rule.pattern && !rule.pattern.test(value)) throw invalid('InvalidCharacters', field);
};

const take = (rule: FieldRule, field: string, given: unknown): unknown => {
  // What should be an object and isn't counts as an empty one.
  if (rule.type === 'object') return createFields(rule.fields ?? {}, isObject(given) ? given : {});
  const value = COERCIONS[rule.type](given, field);
  checkValue(rule, field, value);
  return value;
};

/**
 * The known fields of a body, coerced as Rancher does and checked in the body's order. Unknown fields and nulls are dropped.
 * @throws ApiError 422 that names the first field that is wrong
 */
export const takeFields = (rules: FieldRules, body: Body): Record<string, unknown> => {
  const taken: Record<string, unknown> = {};
  for (const [field, given] of Object.entries(body)) {
    const rule = Object.hasOwn(rules, field) ? rules[field] : undefined;
    if (rule === undefined || given === undefined) continue;
    if (given !== null) taken[field] = take(rule, field, given);
    else if (rule.isNeverNull) throw invalid('NotNullable', field);
  }
  return taken;
};

const isMissing = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

/**
 * The same for something that is to be made.
 * @throws ApiError 422, also MissingRequired
 */
export const createFields = (rules: FieldRules, body: Body): Record<string, unknown> => {
  const taken = takeFields(rules, body);
  for (const [field, rule] of Object.entries(rules)) {
    if (rule.required && isMissing(Object.hasOwn(body, field) ? body[field] : undefined)) throw invalid('MissingRequired', field);
  }
  return taken;
};
