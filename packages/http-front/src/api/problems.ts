import { z } from 'zod';
import { problemSchema } from './schemas/common.js';

const MEANINGS: Record<number, string> = {
  400: 'The request is not valid; each field that is wrong is named.',
  401: 'Nobody is signed in.',
  403: 'The sign-in is not valid, may not do this, or was sent by a page of another site.',
  404: 'There is no such object, or it is somebody else’s.',
  405: 'The address has no such method; `Allow` lists those that it has.',
  409: 'It conflicts with what is there.',
  410: 'The position is too long ago: list again.',
  412: 'It was changed meanwhile, and nothing was done.',
  413: 'The body is too long.',
  414: 'The address, or a name in it, is too long.',
  415: 'The Content-Type of the body is not one that this address takes.',
  429: 'Too many requests or streams; `Retry-After` says when to come again.',
  431: 'The headers are too long, or too many.',
  502: 'What was asked for it doesn’t answer, or not as it should.',
  503: 'It can’t be answered at this moment; `Retry-After` says when to come again.',
  504: 'What was asked for it doesn’t answer in time.',
};

/** The problems that a route answers with, for its description. */
export function problems(...codes: (keyof typeof MEANINGS & number)[]) {
  const content = { 'application/problem+json': { schema: problemSchema } };
  return Object.fromEntries(codes.map((code) => [code, { description: MEANINGS[code] ?? '', content }]));
}

/** What every route may answer that must know who asks. */
export const SIGNED_IN = [400, 401, 403, 414, 429, 431, 503] as const;

/** What every route may answer beside that changes something. */
export const CHANGES = [...SIGNED_IN, 409, 413, 415] as const;

/** An answer without a body. */
export const empty = (description: string) => z.null().describe(description);

/** An answer of one media type. */
export const answer = <T>(description: string, schema: T, type = 'application/json') => ({ description, content: { [type]: { schema } } });
