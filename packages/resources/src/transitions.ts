import { isDeepStrictEqual } from 'node:util';
import { ConflictError, type FieldError } from './errors.js';
import type { Draft, Kind, KindMap } from './kinds.js';
import { API_VERSION } from './meta.js';
import type { DeleteOptions } from './store.js';
import { invalidObject, parseObject, withDesired, withStatus } from './validation.js';

/** An object of whatever kind. */
export type StoredObject = KindMap[Kind];

/** What a write makes of an object; it gets its resourceVersion when it is written. */
export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: StoredObject;
}

/** A write does this, or nothing where nothing would change. */
export type Decision = Change | undefined;

/** @throws {InvalidError} */
export function created<K extends Kind>(kind: K, draft: Draft<K>, { uid, now }: { uid: string; now: Date }): Change {
  const object = parseObject(kind, {
    apiVersion: API_VERSION,
    kind,
    metadata: { ...draft.metadata, uid, generation: 1, resourceVersion: '0', creationTimestamp: now.toISOString() },
    spec: draft.spec,
    status: draft.status,
  });
  return { type: 'ADDED', object };
}

/**
 * Labels, annotations, finalizers and spec as given, all else as stored. The last finalizer of an object that is being deleted
 * takes the object along (Kubernetes' contract of finalizers).
 *
 * @throws {ConflictError}
 * @throws {InvalidError}
 */
export function updated(stored: StoredObject, given: StoredObject): Decision {
  assertSameVersion(stored, given.metadata);
  assertUpdatable(stored, given);
  const { labels, annotations, finalizers } = given.metadata;
  const candidate = withDesired(stored, {
    metadata: { ...stored.metadata, labels, annotations, finalizers },
    spec: given.spec,
  });
  if (!isDeepStrictEqual(candidate.spec, stored.spec)) candidate.metadata.generation += 1;
  const { deletionTimestamp } = candidate.metadata;
  if (deletionTimestamp !== undefined && candidate.metadata.finalizers.length === 0) return { type: 'DELETED', object: candidate };
  return modified(stored, candidate);
}

/**
 * As `updated`, under another name. An object that is being deleted keeps its own.
 *
 * @throws {ConflictError}
 * @throws {InvalidError}
 */
export function renamed(stored: StoredObject, given: StoredObject, name: string): Change {
  const { object } = updated(stored, given) ?? { object: stored };
  if (stored.metadata.deletionTimestamp !== undefined) {
    throw new ConflictError(`${stored.kind} ${JSON.stringify(stored.metadata.name)} is being deleted, so it gets no other name.`);
  }
  return { type: 'MODIFIED', object: withDesired(object, { metadata: { ...object.metadata, name }, spec: object.spec }) };
}

/**
 * The status as given, all else as stored.
 *
 * @throws {ConflictError}
 * @throws {InvalidError}
 */
export function statusUpdated(stored: StoredObject, given: StoredObject): Decision {
  assertSameVersion(stored, given.metadata);
  return modified(stored, withStatus(stored, given));
}

/** @throws {ConflictError} */
export function deleted(stored: StoredObject, now: Date, { annotations, ...precondition }: DeleteOptions): Decision {
  assertSameVersion(stored, precondition);
  if (stored.metadata.finalizers.length === 0) return { type: 'DELETED', object: stored };
  if (stored.metadata.deletionTimestamp !== undefined) return undefined;
  const metadata = {
    ...stored.metadata,
    annotations: { ...stored.metadata.annotations, ...annotations },
    deletionTimestamp: now.toISOString(),
  };
  return { type: 'MODIFIED', object: { ...stored, metadata } as StoredObject };
}

function modified(stored: StoredObject, candidate: StoredObject): Decision {
  return isDeepStrictEqual(candidate, stored) ? undefined : { type: 'MODIFIED', object: candidate };
}

function assertSameVersion(stored: StoredObject, expected: { uid?: string; resourceVersion?: string }): void {
  const { name, uid, resourceVersion } = stored.metadata;
  const what = `${stored.kind} ${JSON.stringify(name)}`;
  if (expected.uid !== undefined && expected.uid !== uid) {
    throw new ConflictError(`${what} is another object of the same name by now (uid ${uid}, not ${expected.uid}): read it again.`);
  }
  if (expected.resourceVersion !== undefined && expected.resourceVersion !== resourceVersion) {
    throw new ConflictError(
      `${what} was changed meanwhile (resourceVersion ${resourceVersion}, not ${expected.resourceVersion}): read it again and decide again.`,
    );
  }
}

function assertUpdatable(stored: StoredObject, given: StoredObject): void {
  const immutable = (['creationTimestamp', 'deletionTimestamp'] as const)
    .filter((field) => given.metadata[field] !== stored.metadata[field])
    .map(
      (field): FieldError => ({ path: `metadata.${field}`, message: `can't be changed (it is ${stored.metadata[field] ?? 'not set'})` }),
    );
  const errors = [...immutable, ...lateFinalizers(stored, given)];
  if (errors.length > 0) throw invalidObject(`${stored.kind} ${JSON.stringify(stored.metadata.name)}`, errors);
}

/** Whoever adds a finalizer to an object that is going would wait for it in vain, or hold up what others believe to be done. */
function lateFinalizers(stored: StoredObject, given: StoredObject): FieldError[] {
  if (stored.metadata.deletionTimestamp === undefined) return [];
  const added = given.metadata.finalizers.filter((finalizer) => !stored.metadata.finalizers.includes(finalizer));
  if (added.length === 0) return [];
  return [{ path: 'metadata.finalizers', message: `can't get ${added.join(', ')} while the object is being deleted` }];
}
