/** The status of the HTTP answer by the error's code. */
export const STATUS = {
  NotFound: 404,
  PathNotFound: 404,
  NotAFile: 409,
  PathRefused: 400,
  BadRequest: 400,
  RangeNotSatisfiable: 416,
  TooManyChanges: 413,
  Unauthorized: 401,
  BadArchive: 400,
  Unavailable: 503,
  Failed: 500,
} as const;

export type SatelliteErrorCode = keyof typeof STATUS;

/** Why a host's satellite can't do what it was asked for. */
export class SatelliteError extends Error {
  override readonly name = 'SatelliteError';
  /** The host that was asked; empty where it is the satellite itself that says it. */
  host = '';

  constructor(
    readonly code: SatelliteErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const isCode = (code: unknown): code is SatelliteErrorCode => typeof code === 'string' && Object.hasOwn(STATUS, code);
