import type { Route } from '@mooring/resources';
import { z } from 'zod';
import { type Address, originOf } from './address.js';
import { cookieRule, FALLBACK_PRIORITY, fallbackRule, SESSION_PRIORITY } from './rules.js';

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
const entrySchema = z.strictObject({
  router: z.strictObject({
    rule: z.string().min(1),
    priority: z.int().min(1),
    entryPoints: z.array(z.string().min(1)).min(1),
    service: z.string().regex(/^[A-Za-z0-9-]+$/),
  }),
  service: z.strictObject({
    loadBalancer: z.strictObject({ servers: z.array(z.strictObject({ url: z.url({ protocol: /^https?$/ }) })).length(1) }),
  }),
});
export type DocumentEntry = z.infer<typeof entrySchema>;

const FALLBACK = 'fallback';

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

/** The whole document as JSON. The fallback is always in it: a document without routes would wipe all that Traefik has (measured). */
export function assembleDocument(fallback: DocumentEntry, entries: Iterable<DocumentEntry>): string {
  const all = [fallback, ...entries];
  const routers = Object.fromEntries(all.map(({ router }) => [router.service, router]));
  const services = Object.fromEntries(all.map(({ router, service }) => [router.service, service]));
  return JSON.stringify({ http: { routers, services } });
}
