import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildTable } from '../../src/table/table.js';
import { TraefikOutlet } from '../../src/traefik/outlet.js';
import { container, SETTINGS } from '../support/containers.js';

const DOCUMENT = JSON.stringify({ http: { routers: { fallback: { rule: 'x' } }, services: { fallback: {} }, middlewares: { m: {} } } });

describe('Traefik in the place of HAProxy', () => {
  let folder: string;
  const open = () =>
    new TraefikOutlet({ entryPoint: 'web', domain: 'dev.tld', file: join(folder, 'stacks.json'), hosts: new Set(['portal.dev.tld']) });
  const table = buildTable(
    { containers: [container('Shop', 1), container('Shop', 2), container('blog')], aliases: { Shop: ['www'] } },
    { ...SETTINGS, proxy: 'traefik' },
  );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-traefik-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('puts the stacks beside what the document has', async () => {
    const outlet = open();
    expect(await outlet.open()).toEqual({ aliases: undefined, asking: 0 });
    let changes = 0;
    outlet.onChanged(() => {
      changes += 1;
    });
    expect(await outlet.apply(table)).toBe('written');
    const { http } = JSON.parse(outlet.documentWith(DOCUMENT));
    expect(http.middlewares).toEqual({ m: {} });
    expect(Object.keys(http.routers)).toEqual(['fallback', 'stack-shop', 'stack-blog']);
    expect(http.routers['stack-shop']).toEqual({
      rule: 'Host(`shop.dev.tld`) || Host(`www.dev.tld`)',
      priority: 1000,
      entryPoints: ['web'],
      service: 'stack-shop',
    });
    expect(http.services['stack-shop']).toEqual({
      loadBalancer: { servers: [{ url: 'http://127.0.0.1:80' }, { url: 'http://127.0.0.2:80' }] },
    });
    expect(await outlet.apply(table)).toBe('none');
    expect(changes).toBe(1);
    expect(outlet.documentWith(DOCUMENT)).toBe(outlet.documentWith(DOCUMENT));
  });

  it('goes on with the routes and aliases of the last run', async () => {
    const before = open();
    await before.apply(table);
    const after = open();
    expect(await after.open()).toEqual({ aliases: { Shop: ['www'], blog: [] }, asking: 2 });
    expect(after.documentWith(DOCUMENT)).toBe(before.documentWith(DOCUMENT));
  });

  it('takes nothing from a file that is not its own', async () => {
    await writeFile(join(folder, 'stacks.json'), '{"routes":{"routers":{"x":{"rule":"PathPrefix(`/`)"}},"services":{}},"aliases":{}}');
    const outlet = open();
    expect(await outlet.open()).toEqual({ aliases: undefined, asking: 0 });
    expect(outlet.documentWith(DOCUMENT)).toBe(DOCUMENT);
  });
});
