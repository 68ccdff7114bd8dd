/** HAProxy refuses a configuration, which is left out therefore. */
export class CheckFailedError extends Error {
  override readonly name = 'CheckFailedError';
  readonly code = 'HaproxyCheckFailed';
}

/** HAProxy can't be run, reached, or made to take what it should. */
export class HaproxyError extends Error {
  override readonly name = 'HaproxyError';
  readonly code = 'Haproxy';
}
