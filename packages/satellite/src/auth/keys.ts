import { createHash, createHmac } from 'node:crypto';

const HOUR_MS = 3_600_000;

/** A key that signs, and the name that it is told by. */
export interface Key {
  id: string;
  key: Buffer;
}

const keyOf = (secret: string, hour: number): Key => {
  const key = createHmac('sha256', secret).update(`mooring satellite ${hour}`).digest();
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key };
};

/** Each hour has a key of its own, so that one that gets out is soon worth nothing. @param now milliseconds since the epoch */
export const signingKey = (secret: string, now: number): Key => keyOf(secret, Math.floor(now / HOUR_MS));

/** Clocks differ: the hour before and after are taken too, of each secret. */
export const acceptedKeys = (secrets: readonly string[], now: number): Key[] =>
  secrets.flatMap((secret) => [-1, 0, 1].map((hours) => signingKey(secret, now + hours * HOUR_MS)));
