/** One thing that is wrong with an object, and where: `path` is as in `spec.launch.port`. */
export interface FieldError {
  path: string;
  message: string;
}

/** What a store refuses. `code` is stable, `message` is for people. */
export abstract class StoreError extends Error {
  abstract readonly code: 'AlreadyExists' | 'NotFound' | 'Conflict' | 'Invalid' | 'Expired' | 'Unusable' | 'Closed';
}

export class AlreadyExistsError extends StoreError {
  override readonly name = 'AlreadyExistsError';
  readonly code = 'AlreadyExists';
}

export class NotFoundError extends StoreError {
  override readonly name = 'NotFoundError';
  readonly code = 'NotFound';
}

/** Somebody else wrote first: read again, decide again. */
export class ConflictError extends StoreError {
  override readonly name = 'ConflictError';
  readonly code = 'Conflict';
}

export class InvalidError extends StoreError {
  override readonly name = 'InvalidError';
  readonly code = 'Invalid';
  constructor(
    message: string,
    readonly fields: readonly FieldError[],
  ) {
    super(message);
  }
}

/** The change log doesn't reach to the resourceVersion that a watch asked for: list again. */
export class ExpiredError extends StoreError {
  override readonly name = 'ExpiredError';
  readonly code = 'Expired';
}

/** The file isn't a store that this version can read: it is no database, a newer version wrote it, or it is damaged. */
export class UnusableError extends StoreError {
  override readonly name = 'UnusableError';
  readonly code = 'Unusable';
}

/** The store was closed. */
export class ClosedError extends StoreError {
  override readonly name = 'ClosedError';
  readonly code = 'Closed';
}

/** A template's image has no tag yet: its version wasn't read so far. */
export class ImageUnknownError extends Error {
  override readonly name = 'ImageUnknownError';
  readonly code = 'ImageUnknown';
}
