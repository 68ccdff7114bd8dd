import type { FastifyInstance } from 'fastify';
import { Problem } from '../http/problem.js';

/** `merge-patch+json` is what a PATCH of some fields is (RFC 7396). */
const TYPES = ['application/json', 'application/merge-patch+json'];

function notJson(): Problem {
  return new Problem({
    status: 400,
    code: 'bad-json',
    title: 'Bad Request',
    detail: 'The body is not JSON. Send it as application/json, such as {"spec": {"running": false}}.',
  });
}

/** Bodies are JSON. */
export function takeJson(scope: FastifyInstance): void {
  scope.addContentTypeParser(TYPES, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)));
    } catch {
      done(notJson());
    }
  });
}
