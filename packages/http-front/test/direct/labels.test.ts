import { describe, expect, it } from '@jest/globals';
import { idlePolicySchema } from '@mooring/resources';
import { draftOf, readDeployment } from '../../src/direct/body.js';
import type { DeploySettings } from '../../src/direct/settings.js';

const settings: DeploySettings = {
  cookie: { name: 'instance', allowPlain: false },
  path: { prefix: '/apps' },
  hosts: [],
  entryPoints: ['web'],
  tls: false,
  fallbackUrl: '/home',
  reserved: [],
  idlePolicy: idlePolicySchema.parse({ afterSeconds: 60, action: 'Stop' }),
  probe: { okStatus: 200, timeoutSeconds: 60, readyWithinSeconds: 90 },
};
const draft = (labels: Record<string, string>, changes: object = {}, own = settings) =>
  draftOf(readDeployment({ name: 'minion-1', image: 'mock-app:latest', labels, envs: { A: 'b' }, ...changes }), 'bob', own);
const route = (labels: Record<string, string>, own = settings) => draft(labels, {}, own).spec.route;
const RULE = 'traefik.http.routers.minion-1.rule';

describe("a deployment's labels", () => {
  it("are ContainerDirectRouting's own, as a signed cookie", () => {
    const made = draft({
      'health-check': 'http://minion-1:9000/status',
      'traefik.enable': 'true',
      'traefik.http.services.minion-1.loadbalancer.server.port': '9000',
      'traefik.http.routers.minion-1.entrypoints': 'web',
      [RULE]: 'HeadersRegexp("Cookie",".*instance=minion-1.*")',
    });
    expect(made.spec).toMatchObject({
      owner: { name: 'system:direct:bob' },
      launch: { port: 9000, labels: { origin: 'spawner', 'health-check': 'http://minion-1:9000/status' } },
      route: { type: 'instance', name: 'minion-1', cookieName: 'instance', allowPlainCookie: false },
      probe: { by: 'health-or-http', path: '/status', okStatus: 200, readyWithinSeconds: 90 },
      idlePolicy: { action: 'Stop' },
    });
    expect(Object.keys(made.spec.launch.labels ?? {}).some((label) => label.startsWith('traefik'))).toBe(false);
  });

  it('are a path with what happens to it', () => {
    const labels = {
      [RULE]: 'PathPrefix("/apps/minion-1")',
      'traefik.http.routers.minion-1.middlewares': 'minion-1-context',
      'traefik.http.middlewares.minion-1-context.replacepathregex.regex': '^/apps/minion-1(.*)',
      'traefik.http.middlewares.minion-1-context.replacepathregex.replacement': '$1',
    };
    expect(route(labels)).toMatchObject({
      type: 'path',
      path: '/apps/minion-1',
      middlewares: [{ type: 'replacePathRegex', regex: '^/apps/minion-1(.*)', replacement: '$1' }],
    });
    expect(route({ [RULE]: 'PathPrefix(`/apps/minion-1/`)' })).toMatchObject({ middlewares: [] });
  });

  it('may say nothing: then it is the cookie, or the path without its prefix', () => {
    expect(route({})).toMatchObject({ type: 'instance' });
    const { cookie: _cookie, ...byPath } = settings;
    expect(route({}, byPath)).toMatchObject({ type: 'path', middlewares: [{ type: 'stripPrefix', prefixes: ['/apps/minion-1'] }] });
    expect(route({ 'traefik.enable': 'false' })).toEqual({ type: 'none' });
  });

  it('give Rancher its network mode, and a container without a health check a connection to be known by', () => {
    expect(draft({}, { network: 'bridge' }).spec).toMatchObject({
      launch: { network: 'bridge', port: 8888 },
      probe: { by: 'health-or-tcp' },
    });
  });

  const bad: [string, Record<string, string>][] = [
    ['the router of another', { 'traefik.http.routers.minion-2.rule': 'PathPrefix(`/apps/minion-2`)' }],
    ['a router of a longer name', { 'traefik.http.routers.minion-10.rule': 'PathPrefix(`/apps/minion-1`)' }],
    ['the middleware of another', { 'traefik.http.middlewares.auth.basicauth.users': 'a:b' }],
    ['a middleware of another provider', { 'traefik.http.routers.minion-1.middlewares': 'auth@file' }],
    ['the service of another', { 'traefik.http.services.minion-2.loadbalancer.server.port': '80' }],
    ["another's service", { 'traefik.http.routers.minion-1.service': 'api@internal' }],
    ['tcp', { 'traefik.tcp.routers.minion-1.rule': 'HostSNI(`*`)' }],
    ['every path', { [RULE]: 'PathPrefix(`/`)' }],
    ["another's path", { [RULE]: 'PathPrefix(`/apps/minion-2`)' }],
    ['a path that begins the same', { [RULE]: 'PathPrefix(`/apps/minion-`)' }],
    ['its own path or another', { [RULE]: '(PathPrefix(`/apps/minion-1`) || PathPrefix(`/`))' }],
    ['its own path, or any', { [RULE]: 'PathPrefix(`/apps/minion-1`) || PathPrefix(`/`)' }],
    ['all but', { [RULE]: '!PathPrefix(`/apps/minion-1`)' }],
    ['a host alone', { [RULE]: 'Host(`narrative.example`)' }],
    ["another's cookie", { [RULE]: 'HeadersRegexp("Cookie",".*instance=minion-2.*")' }],
    ['its cookie or another', { [RULE]: 'HeadersRegexp("Cookie","instance=minion-1|.*")' }],
    ['any cookie', { [RULE]: 'HeadersRegexp("Cookie",".*")' }],
    ['another header', { [RULE]: 'HeadersRegexp("Authorization","instance=minion-1")' }],
    ['no rule', { [RULE]: '' }],
    ['an entry point that is not for it', { 'traefik.http.routers.minion-1.entrypoints': 'traefik' }],
    ["Rancher's keys", { 'io.rancher.container.create_agent': 'true' }],
    ['our marks', { 'mooring.dev/session': 'x' }],
    ['a check of somebody else', { 'health-check': 'http://169.254.169.254/latest' }],
    ['a check that is no URL', { healthcheck: 'minion-1:9000' }],
    ['a backtick', { 'traefik.http.routers.minion-1.middlewares': 'minion-1', 'traefik.http.middlewares.minion-1.addprefix.prefix': '`' }],
  ];
  it.each(bad)('are refused that reach for %s', (_what, labels) => {
    expect(() => draft(labels)).toThrow(expect.objectContaining({ status: 400, code: 'invalid-body' }));
  });

  it.each(['', '..', '../x', 'a/b', '$x', 'é', 'a'.repeat(300), 'a--b', '-a', 'a b', 'a.b'])("are nobody's under the name %p", (name) => {
    expect(() => draft({}, { name })).toThrow(expect.objectContaining({ status: 400 }));
  });
});
