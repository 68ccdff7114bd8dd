import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { isNavigation } from '../http/navigation.js';
import { Problem } from '../http/problem.js';
import type { CountRefusal, Limit } from './metrics.js';
import { Windows } from './windows.js';

/** Requests a minute; 0, or missing, is no limit. */
export interface Rates {
  /** Of one signed-in person. */
  person?: number;
  /** Of one address, or one /64 of IPv6, whoever is behind it. */
  address?: number;
  /** Of one address, those that show a sign-in that is not good. */
  signIn?: number;
}

/** What is looked at of a request. */
export type Counted = Pick<FastifyRequest, 'ip' | 'door' | 'unlimited' | 'method' | 'headers'>;

/**
 * Each counts a request and throws a 429 Problem where it is one too many. Requests of a route that says `unlimited` are none, nor are
 * those that are refused anyway.
 */
export interface RateLimits {
  /** Before anything is done for it. */
  request(request: Counted): void;
  /** Once it is known whose it is. */
  person(request: Counted, user: string): void;
  /** A sign-in that was not good. */
  failedSignIn(request: Counted): void;
  /** Counts nothing: before somebody else is asked whether a sign-in is good. */
  beforeAsking(request: Counted): void;
  /** Counts and throws nothing: whether `request` and `person` would let it through. */
  admits(request: Counted, user: string): boolean;
}

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
const isBackground = ({ door, method, headers }: Counted): boolean => door === 'narrative' && !isNavigation(method, headers);

/** Who has one address of IPv6 mostly has the /64 around it: that counts as one. */
function addressKey({ ip }: Counted): string {
  if (!isIPv6(ip)) return ip;
  const address = ipaddr.process(ip);
  return address instanceof ipaddr.IPv6 ? address.parts.slice(0, 4).join(':') : address.toString();
}

interface Limiter {
  count(key: string): void;
  peek(key: string): void;
  admits(key: string): boolean;
}

function limiter(limit: keyof typeof SETTINGS, { rates, refused, now }: RateLimitsOptions): Limiter | undefined {
  const max = rates[SETTINGS[limit]] ?? 0;
  if (max === 0) return undefined;
  const windows = new Windows(max, now);
  const refuse = (waitMs: number | undefined): void => {
    if (waitMs === undefined) return;
    refused(limit);
    throw tooMany(DETAILS[limit](max), Math.max(1, Math.ceil(waitMs / 1000)));
  };
  return {
    count: (key) => refuse(windows.count(key)),
    peek: (key) => refuse(windows.full(key)),
    admits: (key) => windows.full(key) === undefined,
  };
}

export interface RateLimitsOptions {
  rates: Rates;
  refused: CountRefusal;
  /** In ms since the epoch. */
  now: () => number;
}

/** The limits of a listener's requests; for the addresses it goes by `request.ip`, which trusted proxies tell. */
export function rateLimits(options: RateLimitsOptions): RateLimits {
  const [address, person, signIn] = [limiter('address', options), limiter('person', options), limiter('sign_in', options)];
  const countsAddress = (request: Counted): boolean => address !== undefined && !request.unlimited && !isBackground(request);
  return {
    request: (request) => {
      if (countsAddress(request)) address?.count(addressKey(request));
    },
    person: (request, user) => {
      if (!request.unlimited) person?.count(user);
    },
    failedSignIn: (request) => {
      if (!request.unlimited) signIn?.count(addressKey(request));
    },
    beforeAsking: (request) => {
      if (!request.unlimited) signIn?.peek(addressKey(request));
    },
    admits: (request, user) =>
      (!countsAddress(request) || address?.admits(addressKey(request)) !== false) && (request.unlimited || person?.admits(user) !== false),
  };
}
