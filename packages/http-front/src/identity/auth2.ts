import { Agent } from 'undici';
import { z } from 'zod';
import { TokenCache, type TokenCacheOptions } from './cache.js';
import { type Identity, type IdentityProvider, IdentityUnavailableError, isReserved } from './identity.js';
import { dropBody, readLimited } from './read-limited.js';

export interface Auth2Options extends Partial<TokenCacheOptions> {
  /** KBase's `…/services/auth/api/V2/me`. */
  url: string;
  /** Milliseconds that one question may take, the answer's body included. */
  deadlineMs?: number;
  /** The signal that ends a question after so many milliseconds; AbortSignal's own where it is missing. */
  endAfter?: (ms: number) => AbortSignal;
}

export interface Auth2Provider extends IdentityProvider {
  readonly kind: 'auth2';
  /** Closes the connections. */
  close(): Promise<void>;
}

const DEFAULTS: TokenCacheOptions = {
  cacheMs: 60_000,
  negativeCacheMs: 5_000,
  staleMs: 15 * 60_000,
  patienceMs: 1_000,
  troubleMs: 10_000,
  maxEntries: 10_000,
  maxInFlight: 256,
  now: Date.now,
};

/** Tokens that could be one: printable ASCII without spaces, so that a header can carry them. */
const TOKEN = /^[\x21-\x7e]{1,4096}$/;
const MAX_ANSWER_BYTES = 64 * 1024;
/** What auth2 answers to a token that isn't good. */
const REJECTIONS = new Set([400, 401, 403]);

const answerSchema = z.looseObject({
  user: z.string().min(1).max(256),
  customroles: z
    .array(z.string())
    .nullish()
    .transform((roles) => roles ?? []),
});

function parseAnswer(text: string | undefined): Identity {
  if (text === undefined) throw new IdentityUnavailableError(`The identity provider's answer has more than ${MAX_ANSWER_BYTES} bytes`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new IdentityUnavailableError("The identity provider's answer isn't JSON", { cause });
  }
  const answer = answerSchema.safeParse(json);
  if (!answer.success) throw new IdentityUnavailableError("The identity provider's answer names no user");
  const identity = { user: answer.data.user, roles: answer.data.customroles };
  // Nobody has such a name, so it is not the token that is wrong.
  if (isReserved(identity)) throw new IdentityUnavailableError("The identity provider's answer names one of the system's own");
  return identity;
}

async function readAnswer(response: Response): Promise<Identity | undefined> {
  const isPage = (response.headers.get('content-type') ?? '').includes('text/html');
  if (response.status === 200 && !isPage) return parseAnswer(await readLimited(response, MAX_ANSWER_BYTES));
  dropBody(response.body);
  if (REJECTIONS.has(response.status) && !isPage) return undefined;
  throw new IdentityUnavailableError(`The identity provider answered ${response.status}${isPage ? ' with a page' : ''}`);
}

async function ask(
  token: string,
  options: { url: string; deadlineMs: number; endAfter: (ms: number) => AbortSignal; dispatcher: Agent },
): Promise<Identity | undefined> {
  try {
    // A redirect is not followed: the token is for this address only. The cast: Node's own types describe an older dispatcher.
    const response = await globalThis.fetch(options.url, {
      headers: { authorization: token, accept: 'application/json' },
      redirect: 'manual',
      signal: options.endAfter(options.deadlineMs),
      dispatcher: options.dispatcher,
    } as unknown as RequestInit);
    return await readAnswer(response);
  } catch (cause) {
    if (cause instanceof IdentityUnavailableError) throw cause;
    throw new IdentityUnavailableError(`The identity provider can't be reached within ${options.deadlineMs} ms`, { cause });
  }
}

/** KBase's auth2 service: GET with the token in Authorization; 200 names the user, 400, 401 and 403 say that the token is no good. */
export function createAuth2Provider(options: Auth2Options): Auth2Provider {
  const { url, deadlineMs = 5_000, endAfter = AbortSignal.timeout, ...cacheOptions } = options;
  const given = Object.fromEntries(Object.entries(cacheOptions).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, ...given };
  // A connection for each question that may be under way: behind one that hangs, no other waits.
  const dispatcher = new Agent({ connections: settings.maxInFlight, pipelining: 1, keepAliveTimeout: 30_000 });
  const cache = new TokenCache((token) => ask(token, { url, deadlineMs, endAfter, dispatcher }), settings);
  return {
    kind: 'auth2',
    cacheCounts: cache.counts,
    identify: async (token, beforeAsking) => (TOKEN.test(token) ? cache.identify(token, beforeAsking) : undefined),
    known: (token) => (TOKEN.test(token) ? cache.known(token) : undefined),
    close: () => dispatcher.destroy(),
  };
}
