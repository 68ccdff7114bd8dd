import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { SATELLITE_ARGUMENTS } from '@mooring/satellite';
import { COMPOSE, UNIT_ENVIRONMENT } from '../../../scripts/deploy-files.mjs';
import { readConfig, unusedBy } from '../src/config/config.js';
import { placeOf } from '../src/containers/satellite-places.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a site fills in. */
const SITE: Record<string, string> = {
  RANCHER_URL: 'https://rancher.example.org/v2-beta',
  RANCHER_ACCESS_KEY: 'key',
  RANCHER_SECRET_KEY: 'secret',
  RANCHER_ENV_URL: 'https://rancher.example.org/v2-beta/projects/1a5',
  RANCHER_STACK: 'narrative',
  AUTH2_URL: 'https://example.org/services/auth/api/V2/me',
  SITE_HOSTNAME: 'narrative.example.org',
  NOTEBOOK_IMAGE: 'kbase/narrative',
  NOTEBOOK_TAG: '4.2.0',
  SATELLITE_FOLDER: '/etc/mooring/satellite',
  TRAEFIK_TOKEN: '0123456789abcdef0123456789abcdef',
};
const filled = (text: string): string => text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => SITE[name] ?? `unset ${name}`);

describe('deploy/', () => {
  it.each(Object.entries(COMPOSE))(
    '%s gives serve an environment that it can live by, and nothing that it does not use',
    (_name, { services }) => {
      const environment = Object.fromEntries(
        Object.entries(services.mooring?.environment ?? {}).map(([key, value]) => [key, filled(value)]),
      );
      const config = readConfig(environment, 'machine', 'serve');
      expect(unusedBy('serve', config)).toEqual([]);
      expect(JSON.stringify(environment)).not.toContain('unset ');
    },
  );

  it('has satellites that Mooring finds, and that are started as they must be', () => {
    const services = COMPOSE['rancher/containers/docker-compose.yml']?.services ?? {};
    const { environment = {}, labels = {}, entrypoint = [] } = services.satellite ?? {};
    expect(entrypoint).toEqual(['node', ...SATELLITE_ARGUMENTS.map((argument) => argument.replace(ROOT, ''))]);
    expect(placeOf({ hostId: '1h1', state: 'running', primaryIpAddress: '10.42.0.7', labels })).toEqual({
      hostId: '1h1',
      url: `http://10.42.0.7:${environment.SATELLITE_LISTEN?.split(':')[1]}`,
    });
    expect(environment.SATELLITE_SECRET_FILE).toBe(services.mooring?.environment?.MOORING_SATELLITE_SECRET_FILE);
    expect(new URL(services.mooring?.environment?.NARRENV_http_proxy ?? '').hostname in services).toBe(true);
    expect(readFileSync(join(ROOT, 'deploy/squid/squid.conf'), 'utf8')).toContain('\nhttp_port 3128\n');
  });

  it('has units whose environment is one, but for secrets', () => {
    const config = readConfig(UNIT_ENVIRONMENT, 'machine', 'serve');
    expect(unusedBy('serve', config)).toEqual([]);
  });

  it('leaves every package that the command stands on in the image, and the build what it takes', () => {
    const dockerfile = readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8');
    const needed = new Set<string>();
    const add = (name: string): void => {
      if (needed.has(name)) return;
      needed.add(name);
      const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8')) as {
        dependencies?: Record<string, string>;
      };
      for (const dependency of Object.keys(dependencies)) if (dependency.startsWith('@mooring/')) add(dependency.slice('@mooring/'.length));
    };
    add('mooring');
    const removed = [...dockerfile.matchAll(/packages\/([a-z-]+)(?=[ \n])/g)].map(([, name]) => name as string);
    expect(removed.sort()).toEqual(readdirSync(join(ROOT, 'packages')).filter((name) => !needed.has(name)));
    expect(dockerfile).toContain('COPY --from=build /app ./\n');
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { pretest: string } };
    expect(dockerfile).toContain(`RUN ${scripts.pretest.replace('exec ', '')} `);
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    for (const path of ['scripts', 'packages', 'packages/*/assets', '**/src']) expect(ignored).not.toContain(path);
    // Whatever a site keeps in dot files, such as a registry's token, is in no layer.
    expect(ignored).toContain('.*');
    expect(dockerfile).toContain('\nUSER 1000:1000\n');
    expect(dockerfile).toContain('\nHEALTHCHECK ');
  });
});
