import { z } from 'zod';
import { nameSchema } from './meta.js';

const hostSchema = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'must be a host name');
/** A token of RFC 6265, as far as it needs no quoting in a regular expression. */
const cookieNameSchema = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must consist of letters, digits, - and _');
/** Ends without a slash. */
const plainPathSchema = z
  .string()
  .max(512)
  .regex(/^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/, 'must be a path such as /apps/web, without a slash at its end');

/** What may stand between the backticks of a rule and in a middleware: visible, and nothing that ends it. */
const quotable = (what: string) =>
  z
    .string()
    .min(1)
    .max(512)
    .regex(/^[\x20-\x5f\x61-\x7e]+$/, `must be ${what}, in visible ASCII characters without a backtick`);

/** What Traefik does to a request's path before the container sees it. */
export const pathMiddlewareSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('stripPrefix'), prefixes: z.array(quotable('a path')).min(1).max(16) }),
  z.strictObject({ type: z.literal('addPrefix'), prefix: quotable('a path') }),
  z.strictObject({ type: z.literal('replacePath'), path: quotable('a path') }),
  z.strictObject({
    type: z.literal('replacePathRegex'),
    regex: quotable('a regular expression'),
    replacement: z
      .string()
      .max(512)
      .regex(/^[\x20-\x7e]*$/, 'must be visible ASCII characters'),
  }),
]);
export type PathMiddleware = z.infer<typeof pathMiddlewareSchema>;

/** Of routes to a container that has a name for whoever asks. */
const named = {
  /** On these hosts only; on every host where the list is empty. */
  hosts: z.array(hostSchema).default([]),
  /** Traefik's entry points; the site's where the list is empty. */
  entryPoints: z.array(z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be the name of an entry point')).default([]),
  /** Whether the entry points end TLS themselves. */
  tls: z.boolean().default(false),
  /** In the order in which they are applied. */
  middlewares: z.array(pathMiddlewareSchema).max(8).default([]),
};

/** How requests find the container. */
export const routeSchema = z.discriminatedUnion('type', [
  /** By a secret cookie, below a path, on some hosts (on every host where the list is empty). */
  z.strictObject({
    type: z.literal('cookie'),
    cookieName: cookieNameSchema.default('narrative_session'),
    /** Starts and ends with a slash. */
    pathPrefix: z
      .string()
      .regex(/^\/([A-Za-z0-9._~-]+\/)*$/, 'must be a path such as /narrative/, with a slash at both ends')
      .default('/narrative/'),
    hosts: z.array(hostSchema).default([]),
  }),
  /** By a cookie that names the container: signed, and by the plain name too where that was allowed. */
  z.strictObject({
    type: z.literal('instance'),
    ...named,
    cookieName: cookieNameSchema.default('instance'),
    name: nameSchema,
    /** Whether the name alone, which others can guess, leads there. */
    allowPlainCookie: z.boolean().default(false),
  }),
  /** By a path, which whoever knows may ask for. */
  z.strictObject({ type: z.literal('path'), ...named, path: plainPathSchema }),
  /** Not at all: a job without a door. */
  z.strictObject({ type: z.literal('none') }),
]);
export type Route = z.infer<typeof routeSchema>;

/** The routes by which a container is found by its name. */
export type NamedRoute = Extract<Route, { type: 'instance' | 'path' }>;
/** The routes that lead somewhere. */
export type OpenRoute = Exclude<Route, { type: 'none' }>;

export const isNamedRoute = (route: Route): route is NamedRoute => route.type === 'instance' || route.type === 'path';
