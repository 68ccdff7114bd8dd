/** There is no session of the name that was asked for, and nothing is recorded of one. */
export class UnknownSessionError extends Error {
  override readonly name = 'UnknownSessionError';
  readonly code = 'UnknownSession';
}

/** Neither a running Mooring nor its store can be asked. */
export class CannotExplainError extends Error {
  override readonly name = 'CannotExplainError';
  readonly code = 'CannotExplain';
}
