import { Problem } from '../../http/problem.js';
import { type FilesCode, filesCode } from './container-files.js';

const ANSWERS: Readonly<Record<FilesCode, { status: number; code: string; title: string; retryAfter?: number }>> = {
  NotFound: { status: 409, code: 'not-started', title: 'Conflict', retryAfter: 1 },
  PathNotFound: { status: 404, code: 'no-file', title: 'Not Found' },
  NotAFile: { status: 409, code: 'no-regular-file', title: 'Conflict' },
  PathRefused: { status: 403, code: 'path-refused', title: 'Forbidden' },
  RangeNotSatisfiable: { status: 416, code: 'range-not-satisfiable', title: 'Range Not Satisfiable' },
  TooManyChanges: { status: 409, code: 'too-many-changes', title: 'Conflict' },
  BadArchive: { status: 409, code: 'bad-archive', title: 'Conflict' },
  Unavailable: { status: 503, code: 'host-unavailable', title: 'Service Unavailable', retryAfter: 5 },
};

export function notStarted(): Problem {
  const detail = 'The container has not been started yet. Ask for its state, and again once it runs.';
  return new Problem({ ...ANSWERS.NotFound, detail });
}

/** What a host says is told as it says it. Anything else is thrown on. */
export async function asking<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = filesCode(error);
    if (code === undefined) throw error;
    throw code === 'NotFound' ? notStarted() : new Problem({ ...ANSWERS[code], detail: (error as Error).message });
  }
}
