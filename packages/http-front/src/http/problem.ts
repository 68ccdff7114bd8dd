/** What a problem says: `code` is stable and for programs, `detail` is a sentence for people that names the cure. */
export interface ProblemInit {
  status: number;
  code: string;
  title: string;
  detail: string;
  /** Seconds until a repetition may help (the Retry-After header). */
  retryAfter?: number;
  /** Each field of the request that is wrong, and what it must be. */
  errors?: readonly { field: string; message: string }[];
  cause?: unknown;
}

/** An answer that isn't the one that was asked for; thrown by handlers, sent as problem+json (RFC 9457) or as a page. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly retryAfter: number | undefined;
  readonly errors: ProblemInit['errors'];

  constructor(init: ProblemInit) {
    super(init.detail, { cause: init.cause });
    this.status = init.status;
    this.code = init.code;
    this.title = init.title;
    this.retryAfter = init.retryAfter;
    this.errors = init.errors;
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The body of RFC 9457; `type` is a name, not an address. `requestId` is the one of the answer's X-Request-Id and of the log. */
export function problemJson(problem: Problem, requestId?: string): string {
  const { status, code, title, message, errors } = problem;
  const more = { ...(errors && { errors }), ...(requestId !== undefined && { requestId }) };
  return JSON.stringify({ type: `urn:mooring:problem:${code}`, title, status, detail: message, code, ...more });
}
