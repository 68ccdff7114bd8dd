import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../http/problem.js';

export interface Range {
  start: number;
  /** Inclusive. */
  end: number;
}

function unsatisfiable(size: number): Problem {
  const detail = `It has ${size} bytes, and none in the range that was asked for.`;
  return new Problem({ status: 416, code: 'range-not-satisfiable', title: 'Range Not Satisfiable', detail });
}

/**
 * The one range of bytes that a header asks for (RFC 9110, 14); undefined where it asks for none, or for several, which are answered whole.
 *
 * @throws a 416 Problem
 */
export function rangeOf(header: string | undefined, size: number): Range | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (start > end) throw unsatisfiable(size);
  return { start, end };
}

export const asksForRange = ({ headers }: FastifyRequest): boolean => rangeIsMeant(headers.range);
const rangeIsMeant = (header: string | undefined): boolean => /^bytes=(\d+-\d*|-\d+)$/.test(header ?? '');

export const lengthOf = ({ start, end }: Range): number => end - start + 1;

/** Says what the answer is a part of. */
export function sayRange(reply: FastifyReply, range: Range, size: number): void {
  reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end}/${size}`).header('Content-Length', lengthOf(range));
}
