import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);

/** Of exactly this content. */
export const strongTag = (value: unknown): string => `"${digest(value)}"`;

/** Of content that means the same, as a list does whose position alone has moved. */
export const weakTag = (value: unknown): string => `W/"${digest(value)}"`;

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Whether a header lists this ETag, by the weak comparison (RFC 9110, 8.8.3.2). */
function lists(header: string, tag: string): boolean {
  return header.trim() === '*' || header.split(',').some((each) => opaque(each) === opaque(tag));
}

/** The body, or 304 to whoever has it already. */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, { tag, body }: { tag: string; body: unknown }): FastifyReply {
  // `no-cache` lets browsers keep it and ask each time; no other may, since it is somebody's.
  reply.headers({ ETag: tag, 'Cache-Control': 'private, no-cache', Vary: 'Authorization, Cookie' });
  const asked = request.headers['if-none-match'];
  if (asked !== undefined && lists(asked, tag)) return reply.code(304).send();
  return reply.code(200).send(body);
}

/** @throws a 412 Problem where If-Match names another ETag than this one, by the strong comparison */
export function checkIfMatch(request: FastifyRequest, tag: string): void {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return;
  if (header.split(',').some((each) => each.trim() === tag)) return;
  throw new Problem({
    status: 412,
    code: 'changed-meanwhile',
    title: 'Precondition Failed',
    detail: `It was changed meanwhile: its ETag is ${tag}, not what If-Match says, and nothing was done. Read it again and decide again.`,
  });
}
