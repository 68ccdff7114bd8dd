import { z } from 'zod';
import { badInput } from '../bad-input.js';
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

/** @throws a 400 Problem where it is no token of ours, or of another list */
export function decodeToken(query: ListQuery): Place | undefined {
  if (query.continue === undefined) return undefined;
  const token = read(query.continue);
  if (token === undefined)
    throw badInput(
      'continue',
      'is not what a list has given as metadata.continue; give that back as it is, or leave it out for the first page',
    );
  if (token.q !== questionOf(query))
    throw badInput(
      'continue',
      'belongs to a list with another owner, phase, search or sort; ask for the first page of this one without it',
    );
  return { key: token.key, name: token.name };
}
