import { z } from 'zod';
import type { DomainTable, StackRow } from '../table/types.js';

/** Above the sessions' routes: a stack's host is its own, whatever stands in a path or a cookie. */
const PRIORITY = 1000;

const nameSchema = z.string().regex(/^[a-z0-9-]+$/);

/** Routers and services of Traefik's dynamic configuration. What doesn't pass would make Traefik refuse the whole document. */
const routesSchema = z.strictObject({
  routers: z.record(
    nameSchema,
    z.strictObject({
      rule: z.string().regex(/^Host\(`[a-z0-9.-]+`\)( \|\| Host\(`[a-z0-9.-]+`\))*$/),
      priority: z.literal(PRIORITY),
      entryPoints: z.array(z.string().min(1)).length(1),
      service: nameSchema,
    }),
  ),
  services: z.record(
    nameSchema,
    z.strictObject({ loadBalancer: z.strictObject({ servers: z.array(z.strictObject({ url: z.url({ protocol: /^http$/ }) })).min(1) }) }),
  ),
});
export type TraefikRoutes = z.infer<typeof routesSchema>;

/** Names of stacks differ in more than capitals, or one has no domain. */
const nameOf = ({ stack }: StackRow): string => `stack-${stack.toLowerCase()}`;

/** The same table as routes for Traefik. */
export function traefikRoutes({ stacks }: DomainTable, entryPoint: string): TraefikRoutes {
  const routers = stacks.map((row) => {
    const rule = row.domains.map((domain) => `Host(\`${domain}\`)`).join(' || ');
    return [nameOf(row), { rule, priority: PRIORITY, entryPoints: [entryPoint], service: nameOf(row) }];
  });
  const services = stacks.map((row) => {
    const servers = row.servers.map(({ address, port }) => ({ url: `http://${address}:${port}` }));
    return [nameOf(row), { loadBalancer: { servers } }];
  });
  return routesSchema.parse({ routers: Object.fromEntries(routers), services: Object.fromEntries(services) });
}

const documentSchema = z.looseObject({
  http: z.looseObject({ routers: z.record(z.string(), z.unknown()), services: z.record(z.string(), z.unknown()) }),
});

/** A document of Traefik's with the stacks' routes in it too. @throws where it is none. */
export function withRoutes(document: string, { routers, services }: TraefikRoutes): string {
  const { http, ...others } = documentSchema.parse(JSON.parse(document));
  return JSON.stringify({
    ...others,
    http: { ...http, routers: { ...http.routers, ...routers }, services: { ...http.services, ...services } },
  });
}

const keptSchema = z.strictObject({ routes: routesSchema, aliases: z.record(z.string(), z.array(z.string())) });

/** What a run has kept for the next one; undefined where it isn't that. */
export function parseKept(text: string): z.infer<typeof keptSchema> | undefined {
  try {
    return keptSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
