import { describe, expect, it } from '@jest/globals';
import { routeSchema } from '@mooring/resources';
import { BUCKETS_FROM } from '../../src/routes/buckets.js';
import type { SessionRoute } from '../../src/routes/document.js';
import { RouteTable } from '../../src/routes/table.js';

interface Router {
  rule: string;
  priority: number;
  parentRefs?: string[];
  service?: string;
  entryPoints?: string[];
  middlewares?: string[];
}

const hex = (n: number): string => n.toString(16).padStart(4, '0');
const secretOf = (n: number): string => `${hex((n * 7919) % 65_536)}${hex(n)}`.padEnd(64, 'f');
const settings = { entryPoint: 'web', fallbackUrl: 'http://127.0.0.1:5000', frontPaths: ['/narrative*'], hosts: [], withSessions: true };

function tableOf(count: number, changes = {}): RouteTable {
  const table = new RouteTable({ ...settings, ...changes });
  table.markLoaded();
  table.failsOver = true;
  for (let n = 0; n < count; n += 1)
    table.set({
      uid: `uid-${n}`,
      route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] },
      secret: secretOf(n),
      address: { ip: '10.42.0.1', port: 8888 },
    });
  return table;
}
const routersOf = (table: RouteTable): Record<string, Router> => JSON.parse(table.serve() ?? '').http.routers;

interface Candidate {
  name: string;
  patterns: readonly RegExp[];
  router: Router;
}

/** Routers by their parent, the best first. */
function ranked(routers: Record<string, Router>): Map<string | undefined, Candidate[]> {
  const byParent = new Map<string | undefined, Candidate[]>();
  for (const [name, router] of Object.entries(routers).sort(([, a], [, b]) => b.priority - a.priority)) {
    const patterns = [...router.rule.matchAll(/HeaderRegexp\(`Cookie`, `([^`]*)`\)/g)].map(([, pattern = '']) => new RegExp(pattern));
    const parent = router.parentRefs?.[0];
    byParent.set(parent, [...(byParent.get(parent) ?? []), { name, patterns, router }]);
  }
  return byParent;
}

/** The service that a cookie leads to, as far as the cookie decides it: the best router, and in it the best child. */
function led(routers: ReturnType<typeof ranked>, cookie: string, parent?: string): string | undefined {
  const best = routers.get(parent)?.find(({ patterns }) => patterns.every((pattern) => pattern.test(cookie)));
  return best && (best.router.service ?? led(routers, cookie, best.name));
}

describe('routes in buckets', () => {
  it('are flat where there are few, or where Traefik knows no routers with children', () => {
    expect(Object.keys(routersOf(tableOf(BUCKETS_FROM - 1))).some((name) => name.startsWith('bucket'))).toBe(false);
    const table = tableOf(BUCKETS_FROM);
    expect(Object.keys(routersOf(table)).some((name) => name.startsWith('bucket'))).toBe(true);
    table.failsOver = false;
    expect(Object.keys(routersOf(table))).toHaveLength(BUCKETS_FROM + 1);
  });

  it('lead everybody to their own session, and others to the front', () => {
    const routers = ranked(routersOf(tableOf(600)));
    const services = new Set(Array.from({ length: 600 }, (_, n) => led(routers, `a=b; narrative_session=${secretOf(n)}; c=d`)));
    // The page and the rest of each lead to its own services; by the cookie alone the page goes first.
    expect(services).toEqual(new Set(Array.from({ length: 600 }, (_, n) => `uid-${n}-page`)));
    const [some = '', theirs = secretOf(1)] = [secretOf(0)];
    for (const cookie of [
      'narrative_session=0',
      `narrative_session=${some}0`,
      `xnarrative_session=${some}`,
      `narrative_session=${some.slice(0, 63)}`,
      `narrative_session=${theirs.replace(/f$/, '0')}`,
      '',
    ])
      expect([cookie, led(routers, cookie)]).toEqual([cookie, 'fallback']);
  });

  it('have a way out in every bucket, entry points at the top only, and nothing in a bucket that is empty', () => {
    const routers = routersOf(tableOf(300, { verifyUrl: 'http://127.0.0.1:5000/verify/' }));
    const parents = new Set(Object.values(routers).flatMap(({ parentRefs }) => parentRefs ?? []));
    for (const [name, router] of Object.entries(routers)) {
      expect([name, parents.has(name)]).toEqual([name, router.service === undefined]);
      expect([name, router.entryPoints !== undefined]).toEqual([name, router.parentRefs === undefined]);
      if (name.startsWith('bucket') && parents.has(name))
        expect(routers[`${name}-rest`]).toMatchObject({ service: 'fallback', priority: 1 });
    }
    expect(routers['uid-0']?.middlewares).toEqual(['uid-0']);
    expect(Object.keys(routersOf(tableOf(0)))).toEqual(['fallback']);
  });

  it('leave what is asked for by a name beside the buckets, and do not count it', () => {
    const named = (fields: object, n: number): SessionRoute => ({
      uid: `named-${n}`,
      route: routeSchema.parse(fields) as SessionRoute['route'],
      secret: secretOf(n),
      address: { ip: '10.42.0.2', port: 80 },
    });
    const [byPath, byCookie] = [named({ type: 'path', path: '/apps/a' }, 0), named({ type: 'instance', name: 'b' }, 1)];
    const few = tableOf(BUCKETS_FROM - 1);
    const many = tableOf(BUCKETS_FROM);
    for (const table of [few, many]) for (const route of [byPath, byCookie]) table.set(route);
    const hasBuckets = (table: RouteTable): boolean => Object.keys(routersOf(table)).some((name) => name.startsWith('bucket'));
    expect([hasBuckets(few), hasBuckets(many)]).toEqual([false, true]);
    const routers = routersOf(many);
    for (const uid of ['named-0', 'named-1']) {
      expect(routers[uid]).toEqual(routersOf(few)[uid]);
      expect(routers[uid]).toMatchObject({ entryPoints: ['web'] });
      expect(routers[uid]?.parentRefs).toBeUndefined();
      expect(routers[`${uid}-page`]?.parentRefs).toEqual([uid]);
    }
    expect(led(ranked(routers), `narrative_session=${secretOf(1)}`)).toBe('uid-1-page');
  });
});
