import type { Route } from '@mooring/resources';
import { z } from 'zod';
import { type Address, originOf } from './address.js';
import { cookieRule, FALLBACK_PRIORITY, fallbackRule, PAGE_PRIORITY, pageRule, SESSION_PRIORITY } from './rules.js';

/** A Session's requests go to this address. */
export interface SessionRoute {
  uid: string;
  route: Extract<Route, { type: 'cookie' }>;
  secret: string;
  address: Address;
}

export interface DocumentSettings {
  entryPoint: string;
  /** The front, as Traefik reaches it: an origin. */
  fallbackUrl: string;
  /** What the front serves, e.g. `/narrative*`. */
  frontPaths: readonly string[];
  /** On these hosts only; everywhere where the list is empty. */
  hosts: readonly string[];
}

/**
 * One router of Traefik 3's dynamic configuration with its service, as far as they are used here. An unknown field or a wrong type
 * makes Traefik refuse the whole document (measured): so what doesn't pass this schema never comes into one.
 */
const nameSchema = z.string().regex(/^[A-Za-z0-9-]+$/);
const loadBalancerSchema = z.strictObject({
  loadBalancer: z.strictObject({ servers: z.array(z.strictObject({ url: z.url({ protocol: /^https?$/ }) })).length(1) }),
});
const failoverSchema = z.strictObject({
  failover: z.strictObject({
    service: nameSchema,
    fallback: nameSchema,
    errors: z.strictObject({ status: z.array(z.string().regex(/^5\d\d$/)).min(1), maxRequestBodyBytes: z.int().min(1) }),
  }),
});
const entrySchema = z.strictObject({
  router: z.strictObject({
    rule: z.string().min(1),
    priority: z.int().min(1),
    entryPoints: z.array(z.string().min(1)).min(1),
    service: nameSchema,
  }),
  service: z.union([loadBalancerSchema, failoverSchema]),
});
export type DocumentEntry = z.infer<typeof entrySchema>;

const FALLBACK = 'fallback';

/**
 * What Traefik answers itself where a server isn't there, breaks off, or isn't reached in time. Its 503 takes a health check, which no
 * service here has: so a 503 is the container's own.
 */
const SERVER_LOST = ['502', '504'];
/**
 * Traefik holds the whole body of a request in memory, in case it goes to the fallback too (measured: 300 MB took 600 MB). A page is asked
 * for without one; 0 would refuse every body, of whatever size.
 */
const MOST_BODY_BYTES = 65_536;

/** Leads everybody without a route of their own to the front. Throws where the settings make no valid entry. */
export function fallbackEntry({ entryPoint, fallbackUrl, frontPaths, hosts }: DocumentSettings): DocumentEntry {
  return entrySchema.parse({
    router: { rule: fallbackRule(frontPaths, hosts), priority: FALLBACK_PRIORITY, entryPoints: [entryPoint], service: FALLBACK },
    service: { loadBalancer: { servers: [{ url: fallbackUrl }] } },
  });
}

/** Leads the bearer of a Session's secret to its container. Throws where the route makes no valid entry. */
export function sessionEntry({ uid, route, secret, address }: SessionRoute, { entryPoint }: DocumentSettings): DocumentEntry {
  return entrySchema.parse({
    router: { rule: cookieRule(route, secret, 'v3'), priority: SESSION_PRIORITY, entryPoints: [entryPoint], service: uid },
    service: { loadBalancer: { servers: [{ url: originOf(address) }] } },
  });
}

/**
 * Leads whoever asks for a page of the same container to the front where the container can't answer. Pages only: a save that fails over
 * may be answered 200 (measured with Traefik 3.7.15, where the container itself answers a 502 in chunks), and would look done. For
 * Traefik that `failsOverOnErrors`. Throws as `sessionEntry`.
 */
export function pageEntry({ uid, route, secret }: SessionRoute, { entryPoint }: DocumentSettings): DocumentEntry {
  const errors = { status: SERVER_LOST, maxRequestBodyBytes: MOST_BODY_BYTES };
  return entrySchema.parse({
    router: { rule: pageRule(route, secret), priority: PAGE_PRIORITY, entryPoints: [entryPoint], service: `${uid}-page` },
    service: { failover: { service: uid, fallback: FALLBACK, errors } },
  });
}

/** The whole document as JSON. The fallback is always in it: a document without routes would wipe all that Traefik has (measured). */
export function assembleDocument(fallback: DocumentEntry, entries: Iterable<DocumentEntry>): string {
  const all = [fallback, ...entries];
  const routers = Object.fromEntries(all.map(({ router }) => [router.service, router]));
  const services = Object.fromEntries(all.map(({ router, service }) => [router.service, service]));
  return JSON.stringify({ http: { routers, services } });
}
