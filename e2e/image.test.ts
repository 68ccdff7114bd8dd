import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { noteSecret } from '../leaks/watch.js';
import { CONFINED, Images, imagesMissing } from './support/images.js';
import { Operator, PAGE, ROUTE_TOKEN } from './support/operator.js';
import { ask } from './support/person.js';
import { missing, withPart } from './support/real-parts.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const lacking = imagesMissing('/usr/bin/apt-get');
const it = withPart(lacking ?? 'a Docker Engine', lacking === undefined);

/**
 * deploy/Dockerfile, built on the least of a Debian and of what this checkout has compiled, and run as the compose files run it. That it
 * compiles by itself, images-whole.test.ts shows.
 */
describe('the image of deploy/', () => {
  let images: Images;
  let operator: Operator;
  let traefik: RunningTraefik | undefined;

  beforeAll(async () => {
    if (lacking !== undefined) return missing(lacking);
    images = await Images.build({ base: ['--least'], images: ['--compiled', 'mooring'] });
    operator = await Operator.open();
  }, 600_000);
  afterAll(async () => {
    await traefik?.close();
    await operator?.close();
    await images?.end();
  }, 60_000);

  it('serve passes its HEALTHCHECK, as nobody in particular and on a file system that is read-only, and a session comes up', async () => {
    const { ports, environment } = operator;
    const file = join(images.folder, 'env');
    const listening = { MOORING_LISTEN: `127.0.0.1:${ports.front}`, MOORING_INTERNAL_LISTEN: `127.0.0.1:${ports.internal}` };
    const lines = Object.entries({ ...environment, ...listening }).map(([name, value]) => `${name}=${value}`);
    await writeFile(file, lines.join('\n'), { mode: 0o600 });
    await images.docker('run', '--detach', '--name=serve', `--env-file=${file}`, '--volume=data:/data', ...CONFINED, 'mooring');
    const internal = `http://127.0.0.1:${ports.internal}`;
    await until(async () => (await ask(internal, '/healthz').catch(() => undefined))?.status === 200, { withinMs: 30_000 });
    traefik = await startTraefik({
      ports,
      routes: { url: `${internal}/traefik/config`, token: ROUTE_TOKEN },
      frontUrl: environment.MOORING_FRONT_URL as string,
    });
    const ada = operator.signedIn('ada');
    await until(async () => (await ask(internal, '/readyz')).status === 200, { withinMs: 20_000 });
    await ada.ask('/narrative/', { headers: PAGE });
    await ada.demoStatus();
    await images.untilHealthy('serve');
    expect(await images.inspect('serve')).toMatchObject({ User: '1000:1000', ReadonlyRootfs: true });
    expect(
      await images.docker('exec', 'serve', 'sh', '-c', 'id -u; touch /app/x 2>/dev/null || echo read-only; stat -c %U%a /data'),
    ).toMatch(/^1000\nread-only\n\S*700$/);
    await images.docker('stop', '--time=15', 'serve');
    expect((await images.inspect('serve')).State.ExitCode).toBe(0);
  }, 120_000);

  it('holds what it takes to run, and no source, test or tool', async () => {
    const { code, out } = await images.run('docker', [
      'run',
      '--rm',
      '--network=none',
      '--entrypoint=sh',
      'mooring',
      '-c',
      'ls /app/packages; ls -d /app/packages/*/src /app/node_modules/typescript /app/e2e /app/docs 2>/dev/null',
    ]);
    expect(code).toBe(2);
    expect(out.trim().split('\n')).toEqual([
      'controller',
      'domains',
      'http-front',
      'local-rancher',
      'mooring',
      'rancher-client',
      'resources',
      'satellite',
    ]);
    const asked = await images.run('docker', ['run', '--rm', '--network=none', ...CONFINED.slice(0, 3), 'mooring', 'config', '--json']);
    expect([asked.code, asked.err]).toEqual([0, '']);
  }, 60_000);

  it('has the satellite, which passes a check of its own', async () => {
    const secret = randomUUID();
    noteSecret(secret);
    await writeFile(join(images.folder, 'satellite.key'), `${secret}\n`, { mode: 0o600 });
    const port = operator.ports.front;
    const socket = images.engine.url.slice('unix://'.length);
    const set = ['SATELLITE_SECRET_FILE=/run/key', 'SATELLITE_DATA=/tmp/satellite', 'SATELLITE_DOCKER_URL=unix:///run/docker.sock'];
    const mounts = [`--volume=${images.folder}/satellite.key:/run/key:ro`, `--volume=${socket}:/run/docker.sock`];
    const env = [...set, `SATELLITE_LISTEN=127.0.0.1:${port}`].map((variable) => `--env=${variable}`);
    const start = ['--user=0', '--no-healthcheck', '--entrypoint=node', 'mooring', 'packages/satellite/dist/main.js'];
    await images.docker(
      'run',
      '--detach',
      '--name=satellite',
      ...env,
      ...mounts,
      ...CONFINED.filter((flag) => flag !== '--cap-drop=ALL'),
      ...start,
    );
    await until(async () => (await ask(`http://127.0.0.1:${port}`, '/healthz').catch(() => undefined))?.status === 200, {
      withinMs: 20_000,
    });
    await images.docker('rm', '--force', 'satellite');
  }, 60_000);
});
