import { isNamedRoute, type OpenRoute, PROBE_HEADER } from '@mooring/resources';
import { z } from 'zod';
import { type Address, originOf } from './address.js';
import { type DirectDoor, directRouters } from './direct.js';
import { middlewareEntries, pathMiddlewareEntry } from './middlewares.js';
import {
  bucketedRule,
  COVER_PRIORITY,
  coverRule,
  FALLBACK_PRIORITY,
  fallbackRule,
  PAGE_PRIORITY,
  PAGE_RULE,
  REST_PRIORITY,
  REST_RULE,
  type RuleSyntax,
  routePriority,
  routeRule,
  SESSION_PRIORITY,
} from './rules.js';

/** A Session's requests go to this address. */
export interface SessionRoute<R extends OpenRoute = OpenRoute> {
  uid: string;
  route: R;
  secret: string;
  address: Address;
}

/** A Session's requests go to the front, wherever its labels lead. */
export type CoveredRoute = Pick<SessionRoute, 'uid' | 'route' | 'secret'>;

export interface DocumentSettings {
  entryPoint: string;
  /** The front, as Traefik reaches it: an origin. */
  fallbackUrl: string;
  /** What the front serves, e.g. `/narrative*`. */
  frontPaths: readonly string[];
  /** On these hosts only; everywhere where the list is empty. */
  hosts: readonly string[];
  /** Who says whether a request may go on to a session, as Traefik reaches it; its uid follows. Everybody's may where it is missing. */
  verifyUrl?: string | undefined;
  /** What leads to the front for containers that are asked for by name; nothing does where it is missing. */
  direct?: DirectDoor | undefined;
  /** How the Traefik that fetches the document writes rules; as version 3 where it is missing. */
  syntax?: RuleSyntax | undefined;
}

const httpUrl = z.url({ protocol: /^https?$/ });
const nameSchema = z.string().regex(/^[A-Za-z0-9-]+$/);
const matcher = { rule: z.string().min(1), priority: z.int().min(1) };
const entryPoints = z.array(z.string().min(1)).min(1);
const parentRefs = z.array(nameSchema).length(1);
const middlewares = z.array(nameSchema).min(1).optional();
const tls = z.strictObject({}).optional();
const routerSchema = z.union([
  z.strictObject({ ...matcher, entryPoints, middlewares, tls, service: nameSchema }),
  /** Its children say where to, and one of them must match: the other routers of the entry point are tried no more (measured). */
  z.strictObject({ ...matcher, entryPoints, middlewares, tls }),
  z.strictObject({ ...matcher, parentRefs, middlewares, service: nameSchema }),
  /** A child with children of its own. */
  z.strictObject({ ...matcher, parentRefs, middlewares }),
]);
const serviceSchema = z.union([
  z.strictObject({
    loadBalancer: z.strictObject({ servers: z.array(z.strictObject({ url: httpUrl })).length(1) }),
  }),
  z.strictObject({
    failover: z.strictObject({
      service: nameSchema,
      fallback: nameSchema,
      errors: z.strictObject({ status: z.array(z.string().regex(/^5\d\d$/)).min(1), maxRequestBodyBytes: z.int().min(1) }),
    }),
  }),
]);

const middlewareSchema = z.union([
  z.strictObject({
    forwardAuth: z.strictObject({ address: httpUrl, authResponseHeaders: z.array(z.string().regex(/^[A-Za-z-]+$/)).length(1) }),
  }),
  pathMiddlewareEntry,
]);

/**
 * Routers, services and middlewares of Traefik 3's dynamic configuration by their names, as far as they are used here. An unknown field or a wrong
 * type makes Traefik refuse the whole document (measured): so what doesn't pass this schema never comes into one.
 */
const entrySchema = z.strictObject({
  routers: z.record(nameSchema, routerSchema),
  services: z.record(nameSchema, serviceSchema),
  middlewares: z.record(nameSchema, middlewareSchema).optional(),
});
export type DocumentEntry = z.infer<typeof entrySchema>;

export const FALLBACK = 'fallback';

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

const serverAt = (url: string) => ({ loadBalancer: { servers: [{ url }] } });

/**
 * Asks the front before each request and each websocket of one session; the session's uid is in the address, since a request may carry the
 * cookies of two. A header of this name that the answer doesn't have is taken off the request (Traefik's forwardAuth), so that the
 * container never sees a probe's proof.
 */
const verification = (uid: string, verifyUrl: string) => ({
  forwardAuth: { address: `${verifyUrl}${uid}`, authResponseHeaders: [PROBE_HEADER] },
});

/** The parts of an entry that have a session's requests verified; none where nobody verifies, or whoever has the name may come. */
function verified({ uid, route }: SessionRoute, verifyUrl: string | undefined) {
  if (verifyUrl === undefined || isNamedRoute(route)) return { router: {}, entry: {} };
  return { router: { middlewares: [uid] }, entry: { middlewares: { [uid]: verification(uid, verifyUrl) } } };
}

/** The parts of an entry that change a request's path, as late as may be: the front is to see, and rules to match, what was asked for. */
function rewritten({ uid, route }: SessionRoute) {
  if (!isNamedRoute(route) || route.middlewares.length === 0) return { router: {}, entry: {} };
  const middlewares = middlewareEntries(uid, route.middlewares);
  return { router: { middlewares: Object.keys(middlewares) }, entry: { middlewares } };
}

/** What is said of a session's router whatever its service is. */
function routerOf({ route, secret }: CoveredRoute, { entryPoint, direct }: DocumentSettings, syntax: RuleSyntax = 'v3') {
  const named = isNamedRoute(route) ? route : undefined;
  return {
    rule: routeRule(route, secret, syntax),
    priority: routePriority(route, direct?.hosts),
    entryPoints: named?.entryPoints.length ? named.entryPoints : [entryPoint],
    ...(named?.tls && { tls: {} }),
  };
}

/** Leads everybody without a route of their own to the front. Throws where the settings make no valid entry. */
export function fallbackEntry(settings: DocumentSettings): DocumentEntry {
  const { entryPoint, fallbackUrl, frontPaths, hosts, direct, syntax = 'v3' } = settings;
  const rule = fallbackRule(frontPaths, hosts);
  return entrySchema.parse({
    routers: {
      [FALLBACK]: { rule, priority: FALLBACK_PRIORITY, entryPoints: [entryPoint], service: FALLBACK },
      ...(direct && directRouters(direct, { service: FALLBACK, entryPoint, frontPaths, syntax })),
    },
    services: { [FALLBACK]: serverAt(fallbackUrl) },
  });
}

/**
 * Leads whoever comes to a Session to the front, over the route that a Traefik 2 has from the service's labels and keeps as long as Rancher calls
 * the service active, whether or not anything answers there. Throws where the route makes no valid entry.
 */
export function coverEntry(session: CoveredRoute, settings: DocumentSettings): DocumentEntry {
  const { rule, ...rest } = routerOf(session, settings, 'v2');
  const router = { ...rest, rule: coverRule(rule), priority: COVER_PRIORITY, service: FALLBACK };
  return entrySchema.parse({ routers: { [`${session.uid}-waiting`]: router }, services: {} });
}

/** Leads whoever may come to a Session to its container. Throws where the route makes no valid entry. */
export function sessionEntry(session: SessionRoute, settings: DocumentSettings): DocumentEntry {
  const { uid, address } = session;
  const { router, entry } = isNamedRoute(session.route) ? rewritten(session) : verified(session, settings.verifyUrl);
  return entrySchema.parse({
    routers: { [uid]: { ...routerOf(session, settings), ...router, service: uid } },
    services: { [uid]: serverAt(originOf(address)) },
    ...entry,
  });
}

/**
 * The same for a Traefik that `failsOverOnErrors`: where the container can't answer, whoever asks for a page gets the front's. Pages only:
 * a save that fails over may be answered 200 (measured with Traefik 3.7.15, where the container answers a 502 in chunks), and would look
 * done. The session's router has children, so that the others' requests pass it by at no more cost. Throws as `sessionEntry`.
 */
export function failoverEntry(session: SessionRoute, settings: DocumentSettings): DocumentEntry {
  const { uid, address } = session;
  const page = `${uid}-page`;
  const { router, entry } = verified(session, settings.verifyUrl);
  const path = rewritten(session);
  const errors = { status: SERVER_LOST, maxRequestBodyBytes: MOST_BODY_BYTES };
  return entrySchema.parse({
    routers: {
      [uid]: { ...routerOf(session, settings), ...router },
      [page]: { rule: PAGE_RULE, priority: PAGE_PRIORITY, parentRefs: [uid], ...path.router, service: page },
      [`${uid}-rest`]: { rule: REST_RULE, priority: REST_PRIORITY, parentRefs: [uid], ...path.router, service: uid },
    },
    services: { [uid]: serverAt(originOf(address)), [page]: { failover: { service: uid, fallback: FALLBACK, errors } } },
    ...entry,
    ...path.entry,
  });
}

/** A session that its cookie leads to: others are in no bucket. */
export type CookieSessionRoute = SessionRoute<Extract<OpenRoute, { type: 'cookie' }>>;

/** The same within a bucket, whose router has looked at the host and the path (buckets.ts). Throws as `sessionEntry`. */
export function bucketedEntry(session: CookieSessionRoute, bucket: string, settings: DocumentSettings): DocumentEntry {
  const { routers, ...rest } = failoverEntry(session, settings);
  const { middlewares: verifies } = verified(session, settings.verifyUrl).router as { middlewares?: string[] };
  const router = {
    ...{ rule: bucketedRule(session.route, session.secret), priority: SESSION_PRIORITY, parentRefs: [bucket] },
    ...(verifies && { middlewares: verifies }),
  };
  return entrySchema.parse({ routers: { ...routers, [session.uid]: router }, ...rest });
}

/** The whole document as JSON. The fallback is always in it: a document without routes would wipe all that Traefik has (measured). */
export function assembleDocument(fallback: DocumentEntry, entries: Iterable<DocumentEntry>): string {
  const all = [fallback, ...entries];
  const routers = Object.fromEntries(all.flatMap((entry) => Object.entries(entry.routers)));
  const services = Object.fromEntries(all.flatMap((entry) => Object.entries(entry.services)));
  const middlewares = Object.fromEntries(all.flatMap((entry) => Object.entries(entry.middlewares ?? {})));
  return JSON.stringify({ http: { routers, services, ...(Object.keys(middlewares).length > 0 && { middlewares }) } });
}
