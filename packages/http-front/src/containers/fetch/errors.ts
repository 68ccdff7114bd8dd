/** What is not fetched, whatever is tried; `message` says why and what to do, for whoever gave the address. */
export class FetchRefusedError extends Error {
  override readonly name = 'FetchRefusedError';
  readonly code = 'FetchRefused';
}
