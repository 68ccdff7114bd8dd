/** Why no answer of Rancher's came back: the deadline passed, the connection failed, or what came was not Rancher's. */
export type UnreachableCode = 'Timeout' | 'Connection' | 'InvalidAnswer';

/** Whether Rancher may have acted on a request that failed: `not-sent` says that it can't have. */
export type Outcome = 'not-sent' | 'unknown';

/** A request as errors name it; never holds a header or a body. */
export interface RequestName {
  method: string;
  /** Path and query. */
  path: string;
}

export interface RancherRefusal {
  status: number;
  code: string;
  fieldName?: string | undefined;
  detail?: string | undefined;
  message?: string | undefined;
}

const CURES: Readonly<Record<number, string>> = {
  401: 'Check the access key and the secret key: Rancher wants an API key, not a login.',
  403: 'Check that the project exists and that the API key belongs to it.',
  404: 'Check the id and the URL.',
  409: 'Read the object again and repeat once it has settled.',
  501: "Rancher's host proxy is off.",
};

const MAX_QUOTE = 300;

/** Rancher answered with an error body. `fieldName` may hold a whole sentence where Rancher puts one there (recording 03-03). */
export class RancherError extends Error {
  override readonly name = 'RancherError';
  readonly status: number;
  readonly code: string;
  readonly fieldName: string | undefined;
  readonly detail: string | undefined;
  readonly rancherMessage: string | undefined;
  readonly method: string;
  readonly path: string;

  constructor(request: RequestName, refusal: RancherRefusal) {
    super(refusalSentence(request, refusal));
    this.status = refusal.status;
    this.code = refusal.code;
    this.fieldName = refusal.fieldName;
    this.detail = refusal.detail;
    this.rancherMessage = refusal.message;
    this.method = request.method;
    this.path = request.path;
  }
}

function refusalSentence({ method, path }: RequestName, { status, code, fieldName, message }: RancherRefusal): string {
  const field = fieldName ? ` for "${fieldName.slice(0, MAX_QUOTE)}"` : '';
  const said = message && message !== code ? `: ${message.slice(0, MAX_QUOTE)}` : '';
  const cure = CURES[status] ? ` ${CURES[status]}` : '';
  return `Rancher answered ${method} ${path} with ${status} ${code}${field}${said}.${cure}`;
}

export interface Unreachable {
  code: UnreachableCode;
  outcome: Outcome;
  /** A clause for people: "no answer within 10000 ms". */
  reason: string;
  /** The HTTP status, where there was one. */
  status?: number | undefined;
  cause?: unknown;
}

/** No answer came, or it was not Rancher's: HTML, cut short, or not as the schemas have it. */
export class RancherUnreachableError extends Error {
  override readonly name = 'RancherUnreachableError';
  readonly code: UnreachableCode;
  readonly outcome: Outcome;
  readonly status: number | undefined;
  readonly method: string;
  readonly path: string;

  constructor(request: RequestName, failure: Unreachable) {
    super(`${request.method} ${request.path}: ${failure.reason}.`, { cause: failure.cause });
    this.code = failure.code;
    this.outcome = failure.outcome;
    this.status = failure.status;
    this.method = request.method;
    this.path = request.path;
  }
}

/** A list of several pages changed at every try, or its pages can't be joined safely: nothing is returned rather than a part. */
export class UnstableListError extends Error {
  override readonly name = 'UnstableListError';
  readonly code = 'UnstableList';

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`The list ${path} could not be read as a whole: ${reason}.`);
  }
}

/** The caller asked for what must not be sent: a filter that Rancher would ignore, an id of another kind, a URL with a password. */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError';
  readonly code = 'InvalidArgument';
}
