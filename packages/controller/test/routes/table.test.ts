import { describe, expect, it } from '@jest/globals';
import { newSecret, type OpenRoute, routeSchema } from '@mooring/resources';
import type { SessionRoute } from '../../src/routes/document.js';
import { RouteTable } from '../../src/routes/table.js';

const settings = { entryPoint: 'web', fallbackUrl: 'http://127.0.0.1:5000', frontPaths: ['/narrative*'], hosts: [], withSessions: true };
const route = (digit: string, ip = '10.42.0.1'): SessionRoute => ({
  uid: `uid-${digit}`,
  route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] },
  secret: digit.repeat(64),
  address: { ip, port: 8888 },
});
const loaded = (changes = {}) => {
  const table = new RouteTable({ ...settings, ...changes });
  table.markLoaded();
  return table;
};
const parse = (document: string | undefined) => JSON.parse(document ?? '{}').http;

describe('RouteTable', () => {
  it('has no document before it is loaded: an empty one would wipe what Traefik has', () => {
    const table = new RouteTable(settings);
    expect(table.serve()).toBeUndefined();
    table.markLoaded();
    expect(parse(table.serve()).routers.fallback).toEqual({
      rule: 'PathPrefix(`/narrative`)',
      priority: 1,
      entryPoints: ['web'],
      service: 'fallback',
    });
  });

  it('leads each session to its address, above the fallback', () => {
    const table = loaded();
    table.set(route('a'));
    table.set(route('b', '10.42.0.2'));
    const { routers, services } = parse(table.serve());
    expect(Object.keys(routers)).toEqual(['fallback', 'uid-a', 'uid-b']);
    expect(routers['uid-a'].priority).toBeGreaterThan(routers.fallback.priority);
    expect(services['uid-b']).toEqual({ loadBalancer: { servers: [{ url: 'http://10.42.0.2:8888' }] } });
  });

  it('makes the document once a change, and says what changed anything', () => {
    const table = loaded();
    expect(table.set(route('a'))).toBe(true);
    const first = table.serve();
    expect(table.set(route('a'))).toBe(false);
    expect(table.serve()).toBe(first);
    expect(table.set(route('a', '10.42.0.9'))).toBe(true);
    expect(table.serve()).not.toBe(first);
    expect(table.delete('uid-a')).toBe(true);
    expect(table.delete('uid-a')).toBe(false);
  });

  it('calls when the document may have become another, and not for what no document shows', () => {
    const table = new RouteTable(settings);
    const calls: (string | undefined)[] = [];
    table.onChanged(() => calls.push(table.serve()));
    table.set(route('a'));
    table.markLoaded();
    table.set(route('a'));
    table.set(route('b'));
    table.delete('uid-a');
    expect(calls.map((document) => Object.keys(parse(document)?.routers ?? {}))).toEqual([
      [],
      ['fallback', 'uid-a'],
      ['fallback', 'uid-a', 'uid-b'],
      ['fallback', 'uid-b'],
    ]);
    const ofLabels = loaded({ withSessions: false });
    ofLabels.onChanged(() => calls.push('labels'));
    ofLabels.set(route('a'));
    expect(calls).not.toContain('labels');
  });

  it('follows a change of hosts or path too', () => {
    const table = loaded();
    table.set(route('a'));
    const { route: before, ...rest } = route('a');
    expect(table.set({ ...rest, route: { ...before, hosts: ['notebooks.example'] } })).toBe(true);
    expect(parse(table.serve()).routers['uid-a'].rule).toContain('Host(`notebooks.example`)');
  });

  it('waits for nobody to fetch what is in no document', () => {
    const table = loaded({ withSessions: false });
    table.set(route('a'));
    expect(table.isServed('uid-a')).toBe(true);
  });

  it('has no document before it is known whether Traefik lives by it, and goes along with another Traefik', () => {
    const table = loaded({ withSessions: undefined });
    table.set(route('a'));
    expect(table.serve()).toBeUndefined();
    expect(table.isServed('uid-a')).toBe(true);
    table.withSessions = true;
    expect(Object.keys(parse(table.serve()).routers)).toEqual(['fallback', 'uid-a']);
    table.set(route('b'));
    const told: (readonly string[])[] = [];
    table.onServed((uids) => told.push(uids));
    table.withSessions = false;
    expect([told, table.isServed('uid-b')]).toEqual([[['uid-b']], true]);
    expect(Object.keys(parse(table.serve()).routers)).toEqual(['fallback']);
  });

  it('has pages fail over only while Traefik is known to', () => {
    const table = loaded();
    table.set(route('a'));
    const plain = table.serve();
    table.failsOver = true;
    table.set(route('b'));
    const { routers, services } = parse(table.serve());
    expect(Object.keys(routers)).toEqual(['fallback', ...['a', 'b'].flatMap((d) => [`uid-${d}`, `uid-${d}-page`, `uid-${d}-rest`])]);
    expect(routers['uid-a']).toEqual({ rule: parse(plain).routers['uid-a'].rule, priority: 100, entryPoints: ['web'] });
    expect(routers['uid-a-page']).toMatchObject({ parentRefs: ['uid-a'], service: 'uid-a-page' });
    expect(routers['uid-a-rest']).toEqual({ rule: 'PathPrefix(`/`)', priority: 1, parentRefs: ['uid-a'], service: 'uid-a' });
    expect(routers['uid-a-page'].priority).toBeGreaterThan(routers['uid-a-rest'].priority);
    expect(services['uid-a']).toEqual(parse(plain).services['uid-a']);
    const errors = { status: ['502', '504'], maxRequestBodyBytes: 65_536 };
    expect(services['uid-a-page']).toEqual({ failover: { service: 'uid-a', fallback: 'fallback', errors } });
    table.delete('uid-b');
    table.failsOver = false;
    expect(table.serve()).toEqual(plain);
  });

  it('has Traefik ask the front about each request to a session, by the uid, however the route is made', () => {
    const table = loaded({ verifyUrl: 'http://127.0.0.1:5000/verify/' });
    expect(parse(table.serve()).middlewares).toBeUndefined();
    table.set(route('a'));
    for (const failsOver of [false, true]) {
      table.failsOver = failsOver;
      const { routers, middlewares } = parse(table.serve());
      expect(middlewares).toEqual({
        'uid-a': { forwardAuth: { address: 'http://127.0.0.1:5000/verify/uid-a', authResponseHeaders: ['mooring-probe'] } },
      });
      expect(routers['uid-a'].middlewares).toEqual(['uid-a']);
      expect(routers.fallback.middlewares).toBeUndefined();
    }
  });

  it('lets nobody wait for a route that only fails over by now', () => {
    const table = loaded();
    table.set(route('a'));
    table.serve();
    table.failsOver = true;
    expect(table.isServed('uid-a')).toBe(true);
  });

  it('tells when a change was served for the first time', () => {
    const table = loaded();
    const told: (readonly string[])[] = [];
    table.onServed((keys) => told.push(keys));
    table.set(route('a'));
    expect(table.isServed('uid-a')).toBe(false);
    table.serve();
    table.serve();
    expect(table.isServed('uid-a')).toBe(true);
    table.delete('uid-a');
    table.serve();
    expect(told).toEqual([['uid-a'], ['uid-a']]);
  });

  it('refuses one bad route and keeps the document of the others', () => {
    const table = loaded();
    table.set(route('a'));
    expect(() => table.set({ ...route('b'), secret: '.*' })).toThrow(TypeError);
    expect(() => table.set(route('c', 'no address'))).toThrow();
    expect(Object.keys(parse(table.serve()).routers)).toEqual(['fallback', 'uid-a']);
  });

  it('has the waiting page answer over labels, above every route of theirs, and over a document that leads to sessions never', () => {
    const table = loaded({ withSessions: false });
    const { address: _, ...session } = route('a');
    table.cover(session);
    expect([table.isCovered('uid-a'), table.isServed('uid-a')]).toEqual([true, false]);
    const { routers, services } = parse(table.serve());
    expect(routers['uid-a-waiting']).toEqual({
      rule: `PathPrefix(\`/narrative/\`) && HeadersRegexp(\`Cookie\`, \`narrative_session=${session.secret}\`) && HeadersRegexp(\`Cookie\`, \`(?:^|;\\s*)narrative_session=${session.secret}(?:;|$)\`) && !HeadersRegexp(\`Mooring-Past-Waiting-Page\`, \`.\`)`,
      priority: 10_000,
      entryPoints: ['web'],
      service: 'fallback',
    });
    expect([Object.keys(services), table.isServed('uid-a')]).toEqual([['fallback'], true]);
    table.uncover('uid-a');
    expect(Object.keys(parse(table.serve()).routers)).toEqual(['fallback']);
    table.cover(session);
    table.withSessions = true;
    table.cover({ ...session, uid: 'uid-b' });
    expect(Object.keys(parse(table.serve()).routers)).toEqual(['fallback']);
    table.withSessions = false;
    expect([table.isCovered('uid-a'), Object.keys(parse(table.serve()).routers)]).toEqual([false, ['fallback']]);
  });

  it('has no waiting page of what has gone before what is made in its place', () => {
    const table = loaded({ withSessions: false });
    const at = (uid: string, path: string) => ({ uid, route: routeSchema.parse({ type: 'path', path }) as OpenRoute, secret: newSecret() });
    table.cover(at('gone', '/apps/web'));
    table.cover(at('other', '/apps/other'));
    for (const uid of ['gone', 'other']) table.uncoverLater(uid, 0);
    table.cover(at('new', '/apps/web'));
    expect(Object.keys(parse(table.serve()).routers).sort()).toEqual(['fallback', 'new-waiting', 'other-waiting']);
    table.uncover('new');
    expect(Object.keys(parse(table.serve()).routers).sort()).toEqual(['fallback', 'other-waiting']);
  });

  it('knows whether anybody fetches the document, and waits for nobody where labels lead again', () => {
    const table = loaded({ withSessions: false });
    expect(table.isFetched(0)).toBe(false);
    table.noteFetch(1_000);
    expect([table.isFetched(15_999), table.isFetched(16_000)]).toEqual([true, false]);
    table.cover(route('a'));
    table.uncover('uid-a');
    expect(table.isServed('uid-a')).toBe(true);
  });

  it('holds the fallback only where labels are the routes', () => {
    const table = loaded({ withSessions: false });
    table.set(route('a'));
    expect(Object.keys(parse(table.serve()).routers)).toEqual(['fallback']);
  });
});
