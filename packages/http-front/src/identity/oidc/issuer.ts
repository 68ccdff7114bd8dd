import type { JSONWebKeySet } from 'jose';
import {
  allowInsecureRequests,
  ClientSecretPost,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client';
import { z } from 'zod';
import { IdentityUnavailableError } from '../identity.js';
import { readLimited } from '../read-limited.js';
import { Refreshed } from '../refreshed.js';

export interface IssuerOptions {
  /** The issuer's identifier, e.g. `https://sso.example.org/realms/lab`. */
  issuer: string;
  clientId: string;
  /** Missing for a public client, which PKCE alone protects. */
  clientSecret?: string;
  /** Milliseconds that each question to the provider may take, the answer's body included. */
  deadlineMs: number;
  /** The signal that ends a question after so many milliseconds. */
  endAfter: (ms: number) => AbortSignal;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const HOUR_MS = 3_600_000;
const MAX_ANSWER_BYTES = 512 * 1024;
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** fetch, with an end to what an answer may hold. */
async function limitedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await globalThis.fetch(url, init);
  const text = await readLimited(response, MAX_ANSWER_BYTES);
  if (text === undefined) throw new IdentityUnavailableError(`The identity provider's answer has more than ${MAX_ANSWER_BYTES} bytes`);
  const { status, statusText, headers } = response;
  // These statuses have no body, and Response refuses an empty one, too.
  return new Response(text === '' ? null : text, { status, statusText, headers });
}

/**
 * An error that may be logged: the library's own carry what the provider answered, tokens included, in their cause.
 */
export function unusable(what: string, error: unknown): IdentityUnavailableError {
  if (error instanceof IdentityUnavailableError) return error;
  const { message, code, error: said } = error as { message?: unknown; code?: unknown; error?: unknown };
  const detail = [code, said].filter((word) => typeof word === 'string').join(', ');
  return new IdentityUnavailableError(
    `The identity provider's ${what} can't be used: ${String(message)}${detail === '' ? '' : ` (${detail})`}`,
  );
}

/** What an OpenID provider publishes: its configuration and its keys. Either is asked for when it is first needed, and outlives an outage. */
export class Issuer {
  readonly configuration: Refreshed<Configuration>;
  readonly keys: Refreshed<JSONWebKeySet>;

  constructor(private readonly options: IssuerOptions) {
    const times = { freshMs: HOUR_MS, staleMs: 24 * HOUR_MS, now: options.now };
    this.configuration = new Refreshed({ ...times, load: () => this.#discover() });
    this.keys = new Refreshed({ ...times, load: () => this.#loadKeys() });
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret, deadlineMs, endAfter } = this.options;
    const url = new URL(issuer);
    try {
      return await discovery(url, clientId, undefined, clientSecret === undefined ? None() : ClientSecretPost(clientSecret), {
        // The code flow needs no signature where TLS speaks for the provider; it is checked all the same.
        execute: [enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [allowInsecureRequests] : [])],
        timeout: Math.ceil(deadlineMs / 1000),
        [customFetch]: (input, init) => limitedFetch(input, { ...init, signal: endAfter(deadlineMs) } as RequestInit),
      });
    } catch (error) {
      throw unusable('configuration', error);
    }
  }

  async #loadKeys(): Promise<JSONWebKeySet> {
    const { deadlineMs, endAfter } = this.options;
    const { jwks_uri: uri } = (await this.configuration.get()).serverMetadata();
    try {
      const answer = await limitedFetch(uri ?? '', { redirect: 'manual', signal: endAfter(deadlineMs) });
      if (answer.status !== 200) throw new IdentityUnavailableError(`The identity provider's keys can't be used: status ${answer.status}`);
      return keySetSchema.parse(await answer.json()) as JSONWebKeySet;
    } catch (error) {
      throw unusable('keys', error);
    }
  }
}
