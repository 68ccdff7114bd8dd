import { z } from 'zod';
import { Problem } from '../../http/problem.js';
import type { ListQuery } from '../schemas/list-query.js';
import type { Place } from './select.js';

/** Changes when what tokens hold does: old ones are refused then, not misread. */
const VERSION = 1;
const tokenSchema = z.strictObject({ v: z.literal(VERSION), q: z.string(), key: z.string(), name: z.string() });

/** What must be the same on every page. */
const questionOf = ({ owner, phase, search, sort }: ListQuery): string => JSON.stringify([owner, phase, search, sort]);

export function encodeToken(query: ListQuery, { key, name }: Place): string {
  return Buffer.from(JSON.stringify({ v: VERSION, q: questionOf(query), key, name })).toString('base64url');
}

function read(token: string): z.infer<typeof tokenSchema> | undefined {
  try {
    return tokenSchema.safeParse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function expired(why: string): Problem {
  return new Problem({
    status: 410,
    code: 'expired',
    title: 'Gone',
    detail: `continue ${why}. Ask for the first page again, without it.`,
  });
}

/** @throws a 410 Problem where it is no token of this list's */
export function decodeToken(query: ListQuery): Place | undefined {
  if (query.continue === undefined) return undefined;
  const token = read(query.continue);
  if (token === undefined) throw expired('is not what a list of this server gives as metadata.continue');
  if (token.q !== questionOf(query)) throw expired('is of a list with another owner, phase, search or sort');
  return { key: token.key, name: token.name };
}
