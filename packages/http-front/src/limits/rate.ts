import rateLimit, { type RateLimitOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isNavigation } from '../http/navigation.js';
import { Problem } from '../http/problem.js';
import type { CountRefusal, Limit } from './metrics.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who it counts for, once that is known. */
    countedFor: string;
  }
}

/** Requests a minute; 0, or missing, is no limit. */
export interface Rates {
  /** Of one signed-in person. */
  person?: number;
  /** Of one address, or one /64 of IPv6, whoever is behind it. */
  address?: number;
  /** Of one address, those that show a sign-in that is not good. */
  signIn?: number;
}

/** undefined where there is nothing to wait for. */
type Counting = Promise<void> | undefined;

/**
 * Each counts a request and rejects with a 429 Problem where it is one too many. Requests of a route that says `unlimited` are none, nor are
 * those that are refused anyway.
 */
export interface RateLimits {
  /** Before anything is done for it. */
  request(request: FastifyRequest): Counting;
  /** Once it is known whose it is. */
  person(request: FastifyRequest, user: string): Counting;
  /** A sign-in that was not good. */
  failedSignIn(request: FastifyRequest): Counting;
  /** Counts nothing: before somebody else is asked whether a sign-in is good. */
  beforeAsking(request: FastifyRequest): Counting;
}

const WINDOW_MS = 60_000;
/** Addresses, and people, that are remembered; of more, those that were seen longest ago begin anew. */
const REMEMBERED = 10_000;

const DETAILS: Record<Limit & keyof typeof SETTINGS, (max: number) => string> = {
  address: (max) =>
    `More than ${max} requests in a minute came from your network address. Wait a little, then go on; notebooks that run are not affected.`,
  person: (max) =>
    `More than ${max} requests in a minute came with your sign-in. Wait a little, then go on; a script should ask less often.`,
  sign_in: (max) =>
    `More than ${max} requests in a minute came from your network address with a sign-in that is not valid. Wait a little, then sign in again.`,
};

const SETTINGS = { address: 'address', person: 'person', sign_in: 'signIn' } as const;

function tooMany(detail: string, retryAfter: number): Problem {
  return new Problem({ status: 429, code: 'too-many-requests', title: 'Too Many Requests', detail, retryAfter });
}

/** A tab that polls for, or saves into, a session that is gone: its 503 costs no more than a 429 would, and hundreds of them come at once. */
const isBackground = ({ door, method, headers }: FastifyRequest): boolean => door === 'narrative' && !isNavigation(method, headers);

type Check = (request: FastifyRequest, callOptions?: { increment?: boolean }) => Counting;

/** Counts in windows of a minute, which begin with their first request. */
function checker(app: FastifyInstance, limit: keyof typeof SETTINGS, { rates, refused }: RateLimitsOptions): Check {
  const max = rates[SETTINGS[limit]] ?? 0;
  if (max === 0) return () => undefined;
  const options: RateLimitOptions = { max, timeWindow: WINDOW_MS, cache: REMEMBERED };
  if (limit === 'person') options.keyGenerator = ({ countedFor }) => countedFor;
  const count = app.createRateLimit(options);
  return async (request, callOptions) => {
    const counted = await count(request, callOptions);
    if (counted.isAllowed) return;
    const isOver = callOptions?.increment === false ? counted.remaining === 0 : counted.isExceeded;
    // A window that is longer than one can be is of a clock that was set back since: nobody waits until it is there again.
    if (!isOver || counted.ttl > WINDOW_MS) return;
    refused(limit);
    throw tooMany(DETAILS[limit](max), Math.max(1, counted.ttlInSeconds));
  };
}

export interface RateLimitsOptions {
  rates: Rates;
  refused: CountRefusal;
}

/** The limits of a listener's requests; for the addresses it goes by `request.ip`, which trusted proxies tell. */
export async function rateLimits(app: FastifyInstance, options: RateLimitsOptions): Promise<RateLimits> {
  app.decorateRequest('countedFor', '');
  await app.register(rateLimit, { global: false });
  const [address, person, signIn] = [checker(app, 'address', options), checker(app, 'person', options), checker(app, 'sign_in', options)];
  const isCounted = (request: FastifyRequest): boolean => request.routeOptions.config.unlimited !== true;
  return {
    request: (request) => (isCounted(request) && !isBackground(request) ? address(request) : undefined),
    person: (request, user) => {
      request.countedFor = user;
      return isCounted(request) ? person(request) : undefined;
    },
    failedSignIn: (request) => (isCounted(request) ? signIn(request) : undefined),
    beforeAsking: (request) => (isCounted(request) ? signIn(request, { increment: false }) : undefined),
  };
}
