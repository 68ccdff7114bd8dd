import { Problem } from '../../http/problem.js';

export function conflict(code: string, detail: string): Problem {
  return new Problem({ status: 409, code, title: 'Conflict', detail });
}

export function otherVersion(what: string, found: string, wanted: string): Problem {
  return conflict(
    'other-version',
    `${what} was changed meanwhile: its resourceVersion is ${found}, not ${wanted}, and nothing was done. Read it again and decide again.`,
  );
}

export function changing(what: string): Problem {
  return new Problem({
    status: 503,
    code: 'changing',
    title: 'Service Unavailable',
    detail: `${what} is being changed by others at this moment, and nothing was done. Try again in a moment.`,
    retryAfter: 1,
  });
}
