import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { sameSecret } from '../http/constant-time.js';
import { Problem } from '../http/problem.js';

/** Who may publish: whoever shows the token, or signs the body with the secret; everybody where neither is given. */
export interface UpgradeKeys {
  token?: string | undefined;
  secret?: string | undefined;
}

const BEARER = /^Bearer +(\S+)$/i;
/** GitHub's header, and those that sign in its way: HMAC-SHA256 of the body as it was sent, in hexadecimal. */
const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;

function hasToken({ headers }: FastifyRequest, token: string | undefined): boolean {
  const shown = BEARER.exec(headers.authorization ?? '')?.[1];
  return token !== undefined && shown !== undefined && sameSecret(shown, token);
}

function hasSignature({ headers }: FastifyRequest, secret: string | undefined, body: Buffer): boolean {
  const given = SIGNATURE.exec(String(headers['x-hub-signature-256'] ?? ''))?.[1];
  if (secret === undefined || given === undefined) return false;
  return sameSecret(given.toLowerCase(), createHmac('sha256', secret).update(body).digest('hex'));
}

/** @throws a 401 Problem */
export function checkKeys(request: FastifyRequest, { token, secret }: UpgradeKeys, body: Buffer): void {
  if (token === undefined && secret === undefined) return;
  if (hasToken(request, token) || hasSignature(request, secret, body)) return;
  throw new Problem({
    status: 401,
    code: 'not-authorized',
    title: 'Unauthorized',
    detail: 'Send the header Authorization with "Bearer " and the token, or sign the body as GitHub does (X-Hub-Signature-256).',
  });
}
