/** One thing that is wrong with an object, and where: `path` is as in `spec.launch.port`. */
export interface FieldError {
  path: string;
  message: string;
}

/** What a store refuses. `code` is stable, `message` is for people. */
export abstract class StoreError extends Error {
  abstract readonly code: 'AlreadyExists' | 'NotFound' | 'Conflict' | 'Invalid' | 'Expired';
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

/** The change log no longer reaches back to the resourceVersion that a watch asked for: list again. */
export class ExpiredError extends StoreError {
  override readonly name = 'ExpiredError';
  readonly code = 'Expired';
}
