import { invalid } from './errors.js';

type FieldType = 'string' | 'int' | 'boolean' | 'strings' | 'stringMap' | 'jsonMap' | 'any';

/** What a field takes: the part of Rancher's schemas (recordings 08-10-schema-*) that is enforced. */
export interface FieldRule {
  type: FieldType;
  required?: boolean;
  options?: readonly string[];
  min?: number;
  minLength?: number;
  maxLength?: number;
  /** Letters, digits and single hyphens inside. */
  isName?: boolean;
}

export type FieldRules = Readonly<Record<string, FieldRule>>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

type Coercion = (value: unknown, field: string) => unknown;

const toPlainText: Coercion = (value, field) => {
  if (typeof value === 'object') throw invalid('InvalidFormat', field);
  return String(value);
};

const toInt: Coercion = (value, field) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw invalid('InvalidFormat', field);
  return number;
};

const toBoolean: Coercion = (value) => value === true || value === 'true';

const toStrings: Coercion = (value) => (Array.isArray(value) ? value.map(toText) : [toText(value)]);

const toStringMap: Coercion = (value, field) => {
  if (!isObject(value)) throw invalid('InvalidFormat', field);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item === null ? '' : toText(item)]));
};

const toJsonMap: Coercion = (value, field) => {
  if (!isObject(value)) throw invalid('InvalidFormat', field);
  return value;
};

const COERCIONS: Readonly<Record<FieldType, Coercion>> = {
  string: toPlainText,
  int: toInt,
  boolean: toBoolean,
  strings: toStrings,
  stringMap: toStringMap,
  jsonMap: toJsonMap,
  any: (value) => value,
};

const NAME = /^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/;

const checkText = (rule: FieldRule, field: string, value: string): void => {
  if (rule.minLength !== undefined && value.length < rule.minLength) throw invalid('MinLengthExceeded', field);
  if (rule.maxLength !== undefined && value.length > rule.maxLength) throw invalid('MaxLengthExceeded', field);
  if (rule.isName && !NAME.test(value)) throw invalid('InvalidCharacters', field);
};

const checkOptions = (options: readonly string[], field: string, value: unknown): void => {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (values.some((item) => !options.includes(String(item)))) throw invalid('InvalidOption', field);
};

const checkValue = (rule: FieldRule, field: string, value: unknown): void => {
  if (rule.options) checkOptions(rule.options, field, value);
  if (typeof value === 'string') checkText(rule, field, value);
  if (rule.min !== undefined && typeof value === 'number' && value < rule.min) throw invalid('MinLimitExceeded', field);
};

/**
 * The known fields of a body, coerced as Rancher does and checked. Unknown fields and nulls are dropped.
 * @throws ApiError 422 that names the first field that is wrong
 */
export const takeFields = (rules: FieldRules, body: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const taken: Record<string, unknown> = {};
  for (const [field, rule] of Object.entries(rules)) {
    const given = Object.hasOwn(body, field) ? body[field] : undefined;
    if (given === undefined || given === null) continue;
    const value = COERCIONS[rule.type](given, field);
    checkValue(rule, field, value);
    taken[field] = value;
  }
  return taken;
};

/** @throws ApiError MissingRequired */
export const requireFields = (rules: FieldRules, body: Readonly<Record<string, unknown>>): void => {
  for (const [field, rule] of Object.entries(rules))
    if (rule.required && body[field] === undefined) throw invalid('MissingRequired', field);
};
