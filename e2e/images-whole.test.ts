import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { cacheFolder, makeCacheFolder } from '../packages/mooring/src/provision/cache-folder.js';
import { findTraefik } from '../packages/mooring/src/provision/traefik.js';
import { COMPOSE_FILES, SITE } from './support/compose.js';
import { Images, imagesMissing } from './support/images.js';
import { Operator, PAGE } from './support/operator.js';
import { ask } from './support/person.js';
import { missing, withPart } from './support/real-parts.js';
import { until } from './support/until.js';

const lacking = imagesMissing('/usr/sbin/debootstrap');
const it = withPart(lacking ?? 'a Docker Engine', lacking === undefined);
const itComposes = withPart('docker-compose', lacking === undefined && existsSync('/usr/bin/docker-compose'));

/**
 * All images of deploy/, from their sources, on the Debian that debootstrap makes. Minutes' work, which `npm test` leaves out:
 * npm run test:images.
 */
describe('the images of deploy/, made from nothing', () => {
  let images: Images;
  let operator: Operator;

  beforeAll(async () => {
    if (lacking !== undefined) return missing(lacking);
    images = await Images.build({ base: [], images: [] });
    operator = await Operator.open();
  }, 900_000);
  afterAll(async () => {
    await operator?.close();
    await images?.end();
  }, 60_000);

  itComposes(
    'the compose file of deploy/docker brings up Mooring behind Traefik',
    async () => {
      // Traefik's own image can't be pulled everywhere; the program is the same.
      const cache = await makeCacheFolder(cacheFolder(process.env));
      const { signal } = new AbortController();
      const program = await findTraefik({ environment: process.env, cache, signal, progress: { note: () => undefined } });
      const override = join(images.folder, 'override.yml');
      const instead = { image: Images.base, entrypoint: '/traefik', volumes: [`${program.path}:/traefik:ro`] };
      // Nor may every machine raise the limit of open files to what the file asks for.
      const most = Math.min(
        65_536,
        Number(/^Max open files\s+\d+\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1] ?? 65_536),
      );
      const limited = { ulimits: { nofile: { soft: most, hard: most } } };
      await writeFile(override, JSON.stringify({ version: '3.8', services: { traefik: instead, mooring: limited } }));
      const compose = (...args: string[]) =>
        images.run('docker-compose', ['--project-name=tried', '--file', COMPOSE_FILES[0], '--file', override, ...args], 120_000, SITE);
      const up = await compose('up', '--detach', '--no-build', 'mooring', 'traefik');
      expect([up.code, up.code === 0 ? '' : up.err]).toEqual([0, '']);
      const led = () =>
        ask('http://127.0.0.1:8090', '/narrative/', { headers: { ...PAGE, host: SITE.SITE_HOSTNAME } }).catch(() => undefined);
      const answer = await until(
        async () => {
          const seen = await led();
          return seen?.headers['mooring-front'] !== undefined && seen;
        },
        { withinMs: 60_000, what: () => 'Traefik to lead to the front' },
      );
      expect(answer.status).toBe(302);
      await images.untilHealthy('tried_mooring_1');
      expect((await compose('down', '--volumes')).code).toBe(0);
    },
    240_000,
  );

  it('domains writes what HAProxy takes, and runs it', async () => {
    const { metadataUrl } = operator.centre;
    const said = await images.docker(
      'run',
      '--rm',
      '--network=host',
      'mooring/domains',
      '--metadata',
      metadataUrl,
      '--domain',
      'dev.test',
      '--out',
      '/tmp/out',
      '--once',
      '--haproxy',
    );
    expect(said).toBe('No container asks for requests.');
    await images.docker('run', '--detach', '--name=domains', '--network=none', '--env=DISABLE_METADATA=true', 'mooring/domains');
    await images.untilHealthy('domains');
    const page = "fetch('http://127.0.0.1/', {headers: {host: 'nobody.dev.test'}}).then(({status}) => console.log(status))";
    await until(async () => (await images.run('docker', ['exec', 'domains', 'node', '-e', page])).out === '503\n', { withinMs: 20_000 });
    await images.docker('stop', '--time=15', 'domains');
    expect((await images.inspect('domains')).State.ExitCode).toBe(0);
  }, 120_000);
});
