import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { acceptedKeys, type Key, signingKey } from './keys.js';

const SCHEME = 'Mooring-HMAC-SHA256 ';
/** How far clocks may be apart, in seconds. */
const MAX_SKEW_S = 60;
export const SHA256_OF_NOTHING = createHash('sha256').digest('hex');

/** What is signed of a request. */
export interface SignedRequest {
  method: string;
  /** Path and query, as sent. */
  target: string;
  /** The header Range; empty without one. */
  range: string;
  /** Of the body, in hex. */
  sha256: string;
}

const headerSchema = z.object({
  key: z.string().regex(/^[0-9a-f]{8}$/),
  time: z.string().regex(/^\d{1,12}$/),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().regex(/^[0-9a-f]{64}$/),
});
type Header = z.infer<typeof headerSchema>;

const mac = ({ key }: Key, { method, target, range, sha256 }: SignedRequest, { time, nonce }: Pick<Header, 'time' | 'nonce'>): Buffer =>
  createHmac('sha256', key).update([method, target, time, nonce, sha256, range].join('\n')).digest();

/** The header Authorization of a request. @param now milliseconds since the epoch */
export function sign(request: SignedRequest, secret: string, now: number): string {
  const key = signingKey(secret, now);
  const stamp = { time: String(Math.floor(now / 1000)), nonce: randomBytes(16).toString('hex') };
  const fields = { key: key.id, ...stamp, sha256: request.sha256, signature: mac(key, request, stamp).toString('hex') };
  return (
    SCHEME +
    Object.entries(fields)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')
  );
}

function parseHeader(header: string | undefined): Header | undefined {
  if (header?.startsWith(SCHEME) !== true) return undefined;
  const pairs = header
    .slice(SCHEME.length)
    .split(',')
    .map((pair) => pair.trim().split('=', 2));
  return headerSchema.safeParse(Object.fromEntries(pairs)).data;
}

/** Remembers what was shown once for as long as it would be good a second time. */
class Nonces {
  readonly #seen = new Map<string, number>();

  /** Whether it is the first time. */
  take(nonce: string, now: number): boolean {
    for (const [old, until] of this.#seen) {
      if (until > now) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(nonce)) return false;
    this.#seen.set(nonce, now + 2 * MAX_SKEW_S * 1000);
    return true;
  }
}

/** Says for a request whether somebody who knows a secret signed it a moment ago, and answers its body's hash. */
export class Verifier {
  readonly #nonces = new Nonces();
  /** In seconds: what was signed before may have been shown to one who ran before, and who remembered it. */
  readonly #startedAt: number;

  constructor(
    private readonly secrets: () => readonly string[],
    private readonly now: () => number,
  ) {
    this.#startedAt = Math.floor(now() / 1000);
  }

  /** Undefined where it isn't to be believed. */
  verify(request: Omit<SignedRequest, 'sha256'>, authorization: string | undefined): { sha256: string } | undefined {
    const header = parseHeader(authorization);
    const now = this.now();
    if (header === undefined || Math.abs(now / 1000 - Number(header.time)) > MAX_SKEW_S) return undefined;
    if (Number(header.time) < this.#startedAt) return undefined;
    const { sha256 } = header;
    const given = Buffer.from(header.signature, 'hex');
    const keys = acceptedKeys(this.secrets(), now).filter(({ id }) => id === header.key);
    const isSigned = keys.some((key) => timingSafeEqual(mac(key, { ...request, sha256 }, header), given));
    return isSigned && this.#nonces.take(header.nonce, now) ? { sha256 } : undefined;
  }
}
