import type { PathMiddleware } from '@mooring/resources';
import { z } from 'zod';

const text = z.string();

/** Traefik's own names of what may happen to a request's path; an unknown field makes it refuse the whole document (measured). */
export const pathMiddlewareEntry = z.union([
  z.strictObject({ stripPrefix: z.strictObject({ prefixes: z.array(text).min(1) }) }),
  z.strictObject({ addPrefix: z.strictObject({ prefix: text }) }),
  z.strictObject({ replacePath: z.strictObject({ path: text }) }),
  z.strictObject({ replacePathRegex: z.strictObject({ regex: text, replacement: text }) }),
]);

function entryOf({ type, ...fields }: PathMiddleware): z.infer<typeof pathMiddlewareEntry> {
  return pathMiddlewareEntry.parse({ [type]: fields });
}

const nameOf = (uid: string, index: number): string => `${uid}-path-${index}`;

/** A session's middlewares by their names at Traefik, in the order in which they are applied. */
export const middlewareEntries = (uid: string, middlewares: readonly PathMiddleware[]) =>
  Object.fromEntries(middlewares.map((middleware, index) => [nameOf(uid, index), entryOf(middleware)]));

/** The same as Traefik 2's labels, with the one that has the router apply them. */
export function middlewareLabels(uid: string, middlewares: readonly PathMiddleware[]): Record<string, string> {
  if (middlewares.length === 0) return {};
  const fields = middlewares.flatMap(({ type, ...values }, index) =>
    Object.entries(values).map(([field, value]) => [
      `traefik.http.middlewares.${nameOf(uid, index)}.${type.toLowerCase()}.${field}`,
      [value].flat().join(','),
    ]),
  );
  const names = middlewares.map((_, index) => nameOf(uid, index)).join(',');
  return { [`traefik.http.routers.${uid}.middlewares`]: names, ...Object.fromEntries(fields) };
}
