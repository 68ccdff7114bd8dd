import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Configuration } from 'openid-client';
import { IdentityUnavailableError } from '../identity.js';
import type { Issuer } from './issuer.js';

export interface BearerOptions {
  issuer: Issuer;
  /** Whom a token must be meant for. */
  audience: string;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** By the provider's private key only: with a secret that both know, each could make the other's tokens. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const CLOCK_TOLERANCE_SECONDS = 30;
/** Milliseconds between two questions for a key that isn't known: anybody can name one. */
const COOLDOWN_MS = 30_000;

function verify(token: string, keys: JSONWebKeySet, { audience, now }: BearerOptions, configuration: Configuration) {
  return jwtVerify(token, createLocalJWKSet(keys), {
    issuer: configuration.serverMetadata().issuer,
    audience,
    algorithms: ALGORITHMS,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(now()),
  });
}

/** The keys once more, where a token names one that isn't among those that are known. undefined: it was asked for just now. */
async function newerKeys({ keys }: Issuer): Promise<JSONWebKeySet | undefined> {
  if (keys.sinceTriedMs >= COOLDOWN_MS) return keys.refresh();
  if (keys.failed) throw new IdentityUnavailableError("The identity provider's keys could not be read lately");
  return undefined;
}

/**
 * The claims of a JWT that the provider has signed for us; undefined where the token isn't good. With keys that are known this asks nobody.
 *
 * @throws IdentityUnavailableError while the keys can't be had
 */
export async function verifyBearer(token: string, options: BearerOptions): Promise<JWTPayload | undefined> {
  const { issuer } = options;
  let keys: JSONWebKeySet | undefined = await issuer.keys.get();
  const configuration = await issuer.configuration.get();
  for (let attempt = 0; keys !== undefined && attempt < 2; attempt += 1) {
    try {
      return (await verify(token, keys, options, configuration)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) return undefined;
      keys = attempt === 0 ? await newerKeys(issuer) : undefined;
    }
  }
  return undefined;
}
