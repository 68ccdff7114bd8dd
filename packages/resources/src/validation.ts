import type { z } from 'zod';
import { type FieldError, InvalidError } from './errors.js';
import { describeProblem } from './field-errors.js';
import { KINDS, type Kind, type KindMap } from './kinds.js';

/**
 * The object as its kind's schema gives it, defaults filled in, as a plain copy: what JSON can't carry isn't in it.
 *
 * @throws {InvalidError} with every field that is wrong
 */
export function parseObject<K extends Kind>(kind: K, value: unknown): KindMap[K] {
  return parseJson(kind, JSON.stringify(value) ?? 'null');
}

/**
 * As `parseObject`, from text. Keys that are undefined can't be in the result, for JSON has none: what is compared must not differ by that.
 *
 * @throws {InvalidError} with every field that is wrong
 * @throws {SyntaxError} where it isn't JSON
 */
export function parseJson<K extends Kind>(kind: K, json: string): KindMap[K] {
  const plain: unknown = JSON.parse(json);
  return parsed(KINDS[kind], plain, () => `${kind} ${nameIn(plain)}`) as KindMap[K];
}

/**
 * The object with the status that was given, parsed as `parseObject` does it; all else is the object's own.
 *
 * @throws {InvalidError} with every field that is wrong
 */
export function withStatus<T extends KindMap[Kind]>(object: T, { status }: Pick<T, 'status'>): T {
  return { ...object, ...parsePart('status', object, { status }) };
}

/**
 * As `withStatus`, for metadata and spec.
 *
 * @throws {InvalidError} with every field that is wrong
 */
export function withDesired<T extends KindMap[Kind]>(object: T, { metadata, spec }: Pick<T, 'metadata' | 'spec'>): T {
  return { ...object, ...parsePart('desired', object, { metadata, spec }) };
}

/** What one write replaces, as a schema; made once, for zod compiles a schema when it is first used. */
const partsOf = (schema: (typeof KINDS)[Kind]) => {
  const whole = schema as z.ZodObject;
  return { status: whole.pick({ status: true }), desired: whole.pick({ metadata: true, spec: true }) };
};
const PARTS = {
  Session: partsOf(KINDS.Session),
  SessionTemplate: partsOf(KINDS.SessionTemplate),
  WarmPool: partsOf(KINDS.WarmPool),
  Event: partsOf(KINDS.Event),
} satisfies Record<Kind, unknown>;

function parsePart(part: 'status' | 'desired', { kind, metadata }: KindMap[Kind], value: object): object {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  return parsed(PARTS[kind][part], plain, () => `${kind} ${shown(metadata.name)}`) as object;
}

function parsed(schema: z.ZodType, plain: unknown, what: () => string): unknown {
  const result = schema.safeParse(plain, { error: describeProblem });
  if (result.success) return result.data;
  throw invalidObject(what(), fieldErrors(result.error, plain));
}

/** The error that tells all of it in one sentence; `what` is such as `Session "ada"`. */
export function invalidObject(what: string, fields: readonly FieldError[]): InvalidError {
  const list = fields.map(({ path, message }) => `${path} ${message}`).join('; ');
  return new InvalidError(`${what} is not valid: ${list}.`, fields);
}

function nameIn(value: unknown): string {
  return shown(valueAt(value, ['metadata', 'name']));
}

/** What is wrong where, of a schema that was asked with `describeProblem`; values are shown but for those that may be secret. */
export function fieldErrors(error: z.ZodError, input: unknown): FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField([...issue.path, key]));
    return [fieldError(issue, input)];
  });
}

function unknownField(path: PropertyKey[]): FieldError {
  return { path: path.join('.'), message: 'is not a known field; remove it, or look for a slip in its name' };
}

function fieldError(issue: z.core.$ZodIssue, input: unknown): FieldError {
  const { path } = issue;
  const value = valueAt(input, path);
  const hidden = value === undefined || typeof value === 'object' || mayBeSecret(path);
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return { path: path.join('.') || 'the object', message: hidden ? message : `${message} (it is ${shown(value)})` };
}

/** Passwords and tokens travel in these; their values are kept out of messages. */
const SECRET_PARENTS = new Set<PropertyKey>(['env', 'command', 'labels', 'annotations', 'versionUrl']);

function mayBeSecret(path: readonly PropertyKey[]): boolean {
  return path.some((part) => SECRET_PARENTS.has(part));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[part], value);
}

const SHOWN_CHARACTERS = 64;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? '(without a name)';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
