import { describe, expect, it } from '@jest/globals';
import { catchAllConfig } from '../../src/traefik/catch-all.js';
import { staticConfig } from '../../src/traefik/static-config.js';

const options = {
  version: '3.7.15',
  entryPoint: '127.0.0.1:8080',
  management: '127.0.0.1:8082',
  routesUrl: 'http://127.0.0.1:8084/traefik/config',
  routeToken: 'token-of-the-routes',
  dynamicFile: '/data/catch-all.yaml',
  idleMs: 500,
};

/** Every value of the document with the path to it. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, path ? `${path}.${key}` : key));
}

describe("Traefik's static configuration", () => {
  const config = Object.fromEntries(leaves(staticConfig(options)));

  it('listens where it is told, and nowhere else', () => {
    expect(Object.entries(config).filter(([path]) => path.endsWith('.address'))).toEqual([
      ['entryPoints.web.address', '127.0.0.1:8080'],
      ['entryPoints.traefik.address', '127.0.0.1:8082'],
    ]);
    expect(config['api.insecure']).toBe(false);
  });

  it('fetches the routes with the token, often, and takes them over at once', () => {
    expect(config).toMatchObject({
      'providers.http.endpoint': options.routesUrl,
      'providers.http.headers.Authorization': 'Bearer token-of-the-routes',
      'providers.http.headers.Prefer': 'wait=1',
      'providers.http.pollInterval': '100ms',
      'providers.providersThrottleDuration': '50ms',
      'providers.file.filename': options.dynamicFile,
    });
  });

  it('keeps connections that nobody uses for as long as it is told', () => {
    expect(config['serversTransport.forwardingTimeouts.idleConnTimeout']).toBe('500ms');
  });

  it('has a unit with every duration', () => {
    const durations = Object.entries(config).filter(([path]) => /(Timeout|TimeOut|Interval|Duration)$/.test(path));
    expect(durations.length).toBeGreaterThan(5);
    for (const [, value] of durations) expect(value).toMatch(/^\d+(ms|s)$/);
  });

  it('stops quickly, lets long uploads pass, limits headers, and stays off the Internet', () => {
    expect(config).toMatchObject({
      'entryPoints.web.transport.lifeCycle.graceTimeOut': '1s',
      'entryPoints.web.transport.respondingTimeouts.readTimeout': '0s',
      'entryPoints.web.http.maxHeaderBytes': 12_288,
      'global.checkNewVersion': false,
      'global.sendAnonymousUsage': false,
    });
  });

  it('spares older versions the options that they refuse', () => {
    const newer = (version: string): boolean =>
      leaves(staticConfig({ ...options, version })).some(([path]) => /encodedCharacters|aliasHeadersStrategy/.test(path));
    expect(['3.4.0', '3.6.30', '3.7.14', '3.7.15', '3.7.16', '3.8.0', '4.0.0'].map(newer)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});

describe('the catch-all', () => {
  it('leads exactly the given paths to the front, below everything else', () => {
    expect(catchAllConfig('http://127.0.0.1:8083', ['/narrative*', '/', '/login'])).toMatchObject({
      http: {
        routers: {
          'catch-all': {
            rule: 'PathPrefix(`/narrative`) || Path(`/`) || Path(`/login`)',
            priority: 1,
            entryPoints: ['web'],
            service: 'front',
          },
        },
        services: { front: { loadBalancer: { servers: [{ url: 'http://127.0.0.1:8083' }] } } },
      },
      tls: { stores: { default: { defaultCertificate: { certFile: expect.stringContaining('CERTIFICATE') } } } },
    });
  });
});
