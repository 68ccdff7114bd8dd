import { randomUUID } from 'node:crypto';

interface ErrorDetails {
  fieldName?: string;
  message?: string;
}

/** An answer that isn't a success, with Rancher's code. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(status: number, code: string, details: ErrorDetails = {}) {
    super(details.message ?? code);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** 422 with the field that is wrong. */
export const invalid = (code: string, fieldName: string, message?: string): ApiError =>
  new ApiError(422, code, { fieldName, ...(message !== undefined && { message }) });

const named = (status: number, code: string) => (): ApiError => new ApiError(status, code, { message: code });

/** Answers with it ask for a key (recording 10-10). */
export const unauthorized = named(401, 'Unauthorized');
export const notFound = named(404, 'Not Found');
export const methodNotAllowed = named(405, 'Method not allowed');
export const conflict = named(409, 'Conflict');
export const forbidden = named(403, 'Forbidden');
export const internalError = named(500, 'Internal Server Error');
export const invalidBody = named(400, 'InvalidBodyContent');
export const invalidAction = (): ApiError => invalid('InvalidAction', 'action');
/** What Rancher answers for logs and shells while its host proxy is off (recordings 05-07 to 05-08d). */
export const hostApiProxyDisabled = named(501, 'HostApiProxyDisabled');

/** Rancher's error body, as in the recordings 03-*. */
export const errorBody = (error: ApiError): Record<string, unknown> => ({
  id: randomUUID(),
  type: 'error',
  links: {},
  actions: {},
  status: error.status,
  code: error.code,
  message: error.details.message ?? null,
  detail: null,
  ...(error.details.fieldName !== undefined && { fieldName: error.details.fieldName }),
  baseType: 'error',
});
