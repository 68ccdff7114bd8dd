import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Container } from './support/containers.js';
import { askHost } from './support/domains.js';
import { haproxyPath } from './support/haproxy.js';
import { MetadataServer } from './support/metadata.js';
import { HOST, Operator, ROUTE_TOKEN } from './support/operator.js';
import { withPart } from './support/real-parts.js';
import type { RunningServe } from './support/serve.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until as wait } from './support/until.js';

const until = (condition: () => boolean | Promise<boolean>, what: string): Promise<true> => wait(condition, { what: () => what });

const haproxy = haproxyPath();
const HAPROXY_PORT = 18_940;

describe('stack domains with the real Traefik, beside the sessions that mooring serve looks after', () => {
  let operator: Operator;
  let serve: RunningServe;
  let traefik: RunningTraefik;
  const metadata = new MetadataServer();
  const containers: Container[] = [];
  const text = async (host: string): Promise<string> => (await askHost(operator.ports.entry, host)).text;

  beforeAll(async () => {
    await metadata.open();
    operator = await Operator.open();
    for (const stack of ['shop', 'blog', 'narrative']) containers.push(await Container.open(stack, 1));
    const [shop] = containers;
    metadata.tell({ containers: [shop?.entry()], aliases: { shop: ['www'] } });
    serve = await operator.serve({
      MOORING_DOMAINS: 'traefik',
      STACK_DOMAIN: 'example.org',
      MOORING_DOMAINS_METADATA: metadata.url,
    });
    const routes = { url: `${serve.internal}/traefik/config`, token: ROUTE_TOKEN };
    traefik = await startTraefik({ ports: operator.ports, routes, frontUrl: serve.front });
  }, 60_000);

  afterAll(async () => {
    await traefik?.close();
    await operator?.close();
    await metadata.close();
    await Promise.all(containers.map((container) => container.close()));
  }, 30_000);

  it('leads to stacks by host, new ones too, and none to the host of the site', async () => {
    await until(async () => (await text('www.example.org')) === 'shop 1', 'the alias');
    metadata.tell({ containers: containers.map((container) => container.entry()) });
    await until(async () => (await text('blog.example.org')) === 'blog 1', 'the new stack');
    expect(await text('shop.example.org')).toBe('shop 1');
    expect(await text(HOST)).not.toContain('narrative 1');
    const metrics = (await askHost(operator.ports.internal, '127.0.0.1', undefined, '/metrics')).text;
    expect(metrics).toContain('mooring_domains 2\n');
    expect(metrics).toContain('mooring_domain_left_out{reason="DomainTaken"} 1\n');
  });

  it('keeps the routes over a start at which nobody tells the metadata', async () => {
    metadata.state = 'error';
    await serve.end('SIGTERM');
    serve = await operator.serve(
      { MOORING_DOMAINS: 'traefik', STACK_DOMAIN: 'example.org', MOORING_DOMAINS_METADATA: metadata.url },
      serve.data,
    );
    await until(async () => (await serve.readyz()).checks.domains?.ok === false, '/readyz to tell');
    const document = await fetch(`${serve.internal}/traefik/config`, { headers: { authorization: `Bearer ${ROUTE_TOKEN}` } });
    expect(await document.text()).toContain('Host(`blog.example.org`)');
    expect(await text('blog.example.org')).toBe('blog 1');
  });

  withPart('HAProxy', haproxy !== undefined)('leads by a HAProxy of its own instead, by one variable', async () => {
    metadata.state = 'up';
    await serve.end('SIGTERM');
    serve = await operator.serve(
      {
        MOORING_DOMAINS: 'haproxy',
        STACK_DOMAIN: 'example.org',
        MOORING_DOMAINS_METADATA: metadata.url,
        MOORING_DOMAINS_LISTEN: `127.0.0.1:${HAPROXY_PORT}`,
        HAPROXY_BIN: haproxy ?? '',
        HAPROXY_CONFIG: join(serve.data, 'haproxy.cfg'),
        HAPROXY_BACKEND_CONFIG: join(serve.data, 'haproxy-backends.cfg'),
        HAPROXY_DOMAIN_MAP: join(serve.data, 'domain.map'),
      },
      serve.data,
    );
    const told = async (host: string): Promise<string> => (await askHost(HAPROXY_PORT, host).catch(() => undefined))?.text ?? '';
    await until(async () => (await told('blog.example.org')) === 'blog 1', 'HAProxy to lead to the stack');
    metadata.tell({ containers: containers.slice(1).map((container) => container.entry()) });
    await until(async () => (await askHost(HAPROXY_PORT, 'shop.example.org')).status === 503, 'the removed stack to be gone');
    const document = await fetch(`${serve.internal}/traefik/config`, { headers: { authorization: `Bearer ${ROUTE_TOKEN}` } });
    expect(await document.text()).not.toContain('blog.example.org');
  });
});
