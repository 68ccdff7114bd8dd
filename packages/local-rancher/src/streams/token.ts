import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const claimsSchema = z.object({
  /** Seconds since the epoch. */
  exp: z.number(),
  /** What it opens: `logs`, `exec`, `proxy`, `hoststats`, `containerstats`. */
  stream: z.string(),
  /** The number in the container's id. */
  container: z.number().optional(),
  lines: z.number().optional(),
  follow: z.boolean().optional(),
  command: z.array(z.string()).optional(),
  tty: z.boolean().optional(),
  port: z.number().optional(),
});
export type Claims = z.infer<typeof claimsSchema>;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

const signatureOf = (text: string, key: Buffer): Buffer => createHmac('sha256', key).update(text).digest();

/** A JWT (RFC 7519, HS256). */
export const signToken = (claims: Claims, key: Buffer): string => {
  const text = `${HEADER}.${encode(claims)}`;
  return `${text}.${signatureOf(text, key).toString('base64url')}`;
};

/** What a token says; undefined where it is no token of ours, or its time is over. `now` in milliseconds since the epoch. */
export const readToken = (token: string, key: Buffer, now: number): Claims | undefined => {
  const [header, body = '', signature = ''] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const due = signatureOf(`${header}.${body}`, key);
  if (header !== HEADER || given.length !== due.length || !timingSafeEqual(given, due)) return undefined;
  const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  return claims.success && claims.data.exp * 1000 > now ? claims.data : undefined;
};
