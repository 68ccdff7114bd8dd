import { describe, expect, it } from '@jest/globals';
import { type NamedRoute, routeSchema, signedInstance } from '@mooring/resources';
import type { SessionRoute } from '../../src/routes/document.js';
import { routeLabels } from '../../src/routes/labels.js';
import { routeRule } from '../../src/routes/rules.js';
import { RouteTable } from '../../src/routes/table.js';
import { aSession, SECRET } from '../sessions/sample.js';

const route = (fields: object): NamedRoute => routeSchema.parse(fields) as NamedRoute;
const byCookie = (fields: object = {}) => route({ type: 'instance', name: 'minion-1', ...fields });
const byPath = (fields: object = {}) => route({ type: 'path', path: '/apps/minion-1', ...fields });
const SIGNED = signedInstance('minion-1', SECRET);

/** Whether a rule's regular expressions match a Cookie header. */
const matches = (rule: string, cookie: string): boolean =>
  [...rule.matchAll(/HeaderRegexp\(`Cookie`, `([^`]+)`\)/g)].every(([, source]) => new RegExp(source as string).test(cookie));

describe('the rule of a container that a cookie names', () => {
  const cookies: [string, boolean, boolean][] = [
    [`instance=${SIGNED}`, true, true],
    [`a=b; instance=${SIGNED}; c=d`, true, true],
    ['instance=minion-1', false, true],
    ['instance=minion-10', false, false],
    ['xinstance=minion-1', false, false],
    [`instance=${SIGNED}0`, false, false],
    [`instance=${SIGNED.replace('.', 'x')}`, false, false],
    [`instance=minion-1.${'0'.repeat(64)}`, false, false],
    [`instance=${signedInstance('minion-2', SECRET)}`, false, false],
    ['', false, false],
  ];
  it.each(cookies)('%s: signed %s, plain %s', (header, signed, plain) => {
    expect(matches(routeRule(byCookie(), SECRET, 'v3'), header)).toBe(signed);
    expect(matches(routeRule(byCookie({ allowPlainCookie: true }), SECRET, 'v3'), header)).toBe(plain);
  });

  it('is limited to its hosts', () => {
    expect(routeRule(byCookie({ hosts: ['a.example', 'b.example'] }), SECRET, 'v3')).toMatch(
      /^\(Host\(`a\.example`\) \|\| Host\(`b\.example`\)\) && HeaderRegexp/,
    );
  });
});

describe('the rule of a container that a path names', () => {
  it('goes by whole segments: a longer name is another', () => {
    expect(routeRule(byPath(), SECRET, 'v3')).toBe('(Path(`/apps/minion-1`) || PathPrefix(`/apps/minion-1/`))');
  });

  it.each(['/', '/a/', 'a', '/a/../b', '/..', '/a b', '/a`) || PathPrefix(`/', '/%2e%2e', '/ä'])('is not to be had for %p', (path) => {
    expect(routeSchema.safeParse({ type: 'path', path }).success).toBe(false);
  });
});

const settings = {
  entryPoint: 'web',
  fallbackUrl: 'http://127.0.0.1:5000',
  frontPaths: ['/narrative*', '/'],
  hosts: [],
  withSessions: true,
};
const parse = (table: RouteTable) => {
  table.markLoaded();
  return JSON.parse(table.serve() ?? '{}').http;
};
const row = (named: NamedRoute): SessionRoute => ({ uid: 'uid-1', route: named, secret: SECRET, address: { ip: '10.42.0.1', port: 9000 } });
const STRIP = { type: 'stripPrefix', prefixes: ['/apps/minion-1'] };

describe('the document with named containers', () => {
  it('rewrites the path after the rule was matched, and never verifies', () => {
    const table = new RouteTable({ ...settings, verifyUrl: 'http://front/verify/' });
    table.set(row(byPath({ middlewares: [STRIP], entryPoints: ['websecure'], tls: true })));
    const { routers, middlewares } = parse(table);
    expect(routers['uid-1']).toMatchObject({ middlewares: ['uid-1-path-0'], entryPoints: ['websecure'], tls: {}, priority: 51 });
    expect(middlewares).toEqual({ 'uid-1-path-0': { stripPrefix: { prefixes: ['/apps/minion-1'] } } });
  });

  it('has the children rewrite it where pages fail over, since the parent is what the fallback hangs on', () => {
    const table = new RouteTable(settings);
    table.failsOver = true;
    table.set(row(byPath({ middlewares: [STRIP] })));
    const { routers } = parse(table);
    expect(routers['uid-1'].middlewares).toBeUndefined();
    expect(routers['uid-1-page'].middlewares).toEqual(['uid-1-path-0']);
    expect(routers['uid-1-rest'].middlewares).toEqual(['uid-1-path-0']);
  });

  it("leads what has no container to the front: by the cookie and the prefix, but for what is the front's own", () => {
    const door = { hosts: [], cookieName: 'instance', pathPrefix: '/apps', entryPoints: [], tls: false };
    const { routers } = parse(new RouteTable({ ...settings, direct: door }));
    expect(routers['direct-own']).toMatchObject({ rule: 'PathPrefix(`/narrative`)', priority: 60 });
    expect(routers.direct).toMatchObject({ rule: 'HeaderRegexp(`Cookie`, `instance=`) && HeaderRegexp(`Cookie`, `(?:^|;\\s*)instance=`)' });
    expect(routers['direct-path']).toMatchObject({ rule: 'PathPrefix(`/apps/`)', service: 'fallback' });
  });

  it.each([[[]], [['apps.example']]])(
    'has a path that is asleep go before a cookie, and after a path that is there; on the hosts %j',
    (hosts) => {
      const table = new RouteTable({
        ...settings,
        direct: { hosts, cookieName: 'instance', pathPrefix: '/apps', entryPoints: [], tls: false },
      });
      table.set({ ...row(byCookie({ hosts })), uid: 'uid-cookie' });
      table.set({ ...row(byPath({ hosts })), uid: 'uid-path' });
      const { routers } = parse(table);
      expect(routers['direct-path'].priority).toBeGreaterThan(routers['uid-cookie'].priority);
      expect(routers['uid-path'].priority).toBeGreaterThan(routers['direct-path'].priority);
      expect(routers['direct-own'].priority).toBeGreaterThan(routers['uid-path'].priority);
    },
  );

  it('on hosts of its own takes all of them, and nothing elsewhere', () => {
    const door = { hosts: ['apps.example'], cookieName: 'instance', pathPrefix: '/apps', entryPoints: ['websecure'], tls: true };
    const { routers } = parse(new RouteTable({ ...settings, direct: door }));
    expect(Object.keys(routers)).toEqual(['fallback', 'direct-own', 'direct', 'direct-path']);
    expect(routers['direct-path'].rule).toBe('(Host(`apps.example`)) && (PathPrefix(`/apps/`))');
    expect(routers['direct-own'].rule).toBe('(Host(`apps.example`)) && (PathPrefix(`/narrative_session/`))');
    expect(routers.direct).toEqual({
      rule: 'Host(`apps.example`)',
      priority: 150,
      entryPoints: ['websecure'],
      tls: {},
      service: 'fallback',
    });
  });

  it('on hosts of its own goes before sessions, and before what leads to none of many: a stale cookie of theirs says nothing there', () => {
    const door = { hosts: ['apps.example'], cookieName: 'instance', entryPoints: [], tls: false };
    const table = new RouteTable({ ...settings, direct: door });
    table.failsOver = true;
    for (let number = 0; number < 100; number += 1) {
      const secret = number.toString(16).padStart(64, 'a');
      const cookie = { type: 'cookie' as const, cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] };
      table.set({ uid: `uid-s${number}`, route: cookie, secret, address: { ip: '10.42.0.2', port: 8888 } });
    }
    table.set(row(byCookie({ hosts: ['apps.example'] })));
    table.set({ ...row(byCookie({ hosts: ['other.example'] })), uid: 'uid-elsewhere' });
    const routers: Record<string, { priority: number; parentRefs?: string[] }> = parse(table).routers;
    const highest = (isOne: (name: string) => boolean) =>
      Math.max(...Object.entries(routers).flatMap(([name, router]) => (isOne(name) && !router.parentRefs ? [router.priority] : [])));
    const sessions = highest((name) => name.startsWith('bucket-'));
    expect(Object.keys(routers).some((name) => name.startsWith('bucket-'))).toBe(true);
    expect([routers.direct, routers['uid-1'], routers['direct-own']].map((router) => router?.priority)).toEqual([150, 199, 210]);
    expect(sessions).toBeLessThan(150);
    // A host that isn't given to them may be the sessions' own.
    expect(routers['uid-elsewhere']?.priority).toBe(49);
  });

  it('writes rules as Traefik 2 does where that has the sessions from labels', () => {
    const door = { hosts: [], cookieName: 'instance', entryPoints: [], tls: false };
    const table = new RouteTable({ ...settings, withSessions: false, direct: door });
    expect(parse(table).routers.direct.rule).toContain('HeadersRegexp(`Cookie`');
    table.withSessions = true;
    expect(parse(table).routers.direct.rule).toContain('HeaderRegexp(`Cookie`');
  });
});

describe('the labels of a named container', () => {
  it('say for Traefik 2 what the document says for Traefik 3', () => {
    const session = aSession();
    session.spec.route = byPath({
      entryPoints: ['web', 'websecure'],
      tls: true,
      middlewares: [{ type: 'replacePathRegex', regex: '^/apps/minion-1(.*)', replacement: '$1' }],
    });
    const { uid } = session.metadata;
    expect(routeLabels(session, SECRET, { entryPoint: 'web', verifyUrl: 'http://front/' })).toMatchObject({
      [`traefik.http.routers.${uid}.rule`]: '(Path(`/apps/minion-1`) || PathPrefix(`/apps/minion-1/`))',
      [`traefik.http.routers.${uid}.entrypoints`]: 'web,websecure',
      [`traefik.http.routers.${uid}.tls`]: 'true',
      [`traefik.http.routers.${uid}.middlewares`]: `${uid}-path-0`,
      [`traefik.http.middlewares.${uid}-path-0.replacepathregex.regex`]: '^/apps/minion-1(.*)',
      [`traefik.http.middlewares.${uid}-path-0.replacepathregex.replacement`]: '$1',
    });
  });
});
