import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { noteSecret } from '../leaks/watch.js';
import { cacheFolder, makeCacheFolder } from '../packages/mooring/src/provision/cache-folder.js';
import { findTraefik } from '../packages/mooring/src/provision/traefik.js';
import { runCommand } from './support/command.js';
import { dockerMissing, TestEngine } from './support/docker.js';
import { Operator, PAGE, ROUTE_TOKEN } from './support/operator.js';
import { ask } from './support/person.js';
import { missing, withPart } from './support/real-parts.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const BASE = 'mooring/debian-node';
const lacking =
  dockerMissing() ?? (existsSync('/usr/sbin/debootstrap') ? undefined : 'debootstrap, which makes what the image is built from,');
const it = withPart(lacking ?? 'a Docker Engine', lacking === undefined);
const itComposes = withPart('docker-compose', lacking === undefined && existsSync('/usr/bin/docker-compose'));
const itVerifies = withPart(
  'systemd-analyze, and a Node at /usr/bin/node,',
  ['/usr/bin/systemd-analyze', '/usr/bin/node'].every(existsSync),
);
/** What a site fills into the compose files; its Rancher is none, so that Mooring waits. */
const SITE = {
  MOORING_IMAGE: 'mooring',
  RANCHER_URL: 'http://127.0.0.1:1/v2-beta',
  RANCHER_ACCESS_KEY: 'key',
  RANCHER_SECRET_KEY: 'of-the-compose-file',
  RANCHER_ENV_URL: 'http://127.0.0.1:1/v2-beta/projects/1a5',
  RANCHER_STACK: 'narrative',
  AUTH2_URL: 'http://127.0.0.1:1/me',
  SITE_HOSTNAME: 'narrative.example.org',
  NOTEBOOK_IMAGE: 'kbase/narrative',
  NOTEBOOK_TAG: '4.2.0',
  TRAEFIK_TOKEN: 'token-of-the-compose-file-0123456789',
  DEPLOY_FOLDER: '/opt/mooring/deploy/rancher/traefik3',
  STACK_DOMAIN: 'dev.example.org',
  STATS_PASSWORD: 'password-of-the-compose-file',
};
for (const secret of [SITE.RANCHER_SECRET_KEY, SITE.TRAEFIK_TOKEN, SITE.STATS_PASSWORD]) noteSecret(secret);
/** As the compose files have it. */
const CONFINED = ['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--network=host'];

interface Inspected {
  State: { Status: string; ExitCode: number; Health?: { Status: string } };
  User: string;
  ReadonlyRootfs: boolean;
}
/** Not its environment, which holds secrets, and would be in this run's log. */
const INSPECTED = '{"State": {{json .State}}, "User": {{json .Config.User}}, "ReadonlyRootfs": {{json .HostConfig.ReadonlyRootfs}}}';

/** deploy/Dockerfile and deploy/domains/Dockerfile, built on Debian, and what is in the images run as the compose files run it. */
describe('the images of deploy/', () => {
  let engine: TestEngine;
  let operator: Operator;
  let traefik: RunningTraefik | undefined;
  let folder: string;

  /** Runs a command to its end; answers what it printed, and its exit code. */
  async function run(
    command: string,
    args: readonly string[],
    withinMs = 60_000,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; out: string; err: string }> {
    const running = runCommand(command, args, { ...process.env, ...more, DOCKER_HOST: engine.url });
    await until(() => running.child.exitCode !== null, {
      withinMs,
      what: () => `${command} ${args[0]} to end; ${running.stderr().slice(-2_000)}`,
    });
    return { code: running.child.exitCode, out: running.stdout(), err: running.stderr() };
  }
  const docker = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await run('docker', args);
    expect([args[0], code, code === 0 ? '' : err]).toEqual([args[0], 0, '']);
    return out.trim();
  };
  const inspect = async (name: string): Promise<Inspected> => JSON.parse(await docker('inspect', `--format=${INSPECTED}`, name));
  const untilHealthy = (name: string): Promise<unknown> =>
    until(
      async () => {
        const { State } = await inspect(name);
        if (State.Status !== 'running') throw new Error(`${name} has ended: ${(await run('docker', ['logs', name])).out.slice(-2_000)}`);
        return State.Health?.Status === 'healthy';
      },
      { withinMs: 60_000, what: () => `${name} to pass its HEALTHCHECK` },
    );
  const script = async (name: string, ...args: string[]): Promise<void> => {
    const { code, err } = await run(process.execPath, [`scripts/${name}`, ...args], 500_000);
    expect([name, code, code === 0 ? '' : err.slice(-4_000)]).toEqual([name, 0, '']);
  };

  beforeAll(async () => {
    if (lacking !== undefined) return missing(lacking);
    folder = await mkdtemp(join(tmpdir(), 'mooring-image-'));
    engine = await TestEngine.start();
    await script('debian-base.mjs', BASE);
    await script('images.mjs', '--base', BASE);
    operator = await Operator.open();
  }, 900_000);
  afterAll(async () => {
    await traefik?.close();
    await operator?.close();
    await engine?.end();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('serve passes its HEALTHCHECK, as nobody in particular and on a file system that is read-only, and a session comes up', async () => {
    const { ports, environment } = operator;
    const file = join(folder, 'env');
    const listening = { MOORING_LISTEN: `127.0.0.1:${ports.front}`, MOORING_INTERNAL_LISTEN: `127.0.0.1:${ports.internal}` };
    const lines = Object.entries({ ...environment, ...listening }).map(([name, value]) => `${name}=${value}`);
    await writeFile(file, lines.join('\n'), { mode: 0o600 });
    await docker('run', '--detach', '--name=serve', `--env-file=${file}`, '--volume=data:/data', ...CONFINED, 'mooring');
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
    await untilHealthy('serve');
    expect(await inspect('serve')).toMatchObject({ User: '1000:1000', ReadonlyRootfs: true });
    expect(await docker('exec', 'serve', 'sh', '-c', 'id -u; touch /app/x 2>/dev/null || echo read-only; stat -c %U%a /data')).toMatch(
      /^1000\nread-only\n\S*700$/,
    );
    await docker('stop', '--time=15', 'serve');
    expect((await inspect('serve')).State.ExitCode).toBe(0);
  }, 120_000);

  itVerifies('the units are ones', async () => {
    const units = ['mooring.service', 'mooring-backup.service', 'mooring-backup.timer'].map((name) => `deploy/systemd/${name}`);
    expect(await run('systemd-analyze', ['verify', ...units])).toEqual({ code: 0, out: '', err: '' });
  });

  it('holds what it takes to run, and no source, test or tool', async () => {
    const { code, out } = await run('docker', [
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
    const asked = await run('docker', ['run', '--rm', '--network=none', ...CONFINED.slice(0, 3), 'mooring', 'config', '--json']);
    expect([asked.code, asked.err]).toEqual([0, '']);
  }, 60_000);

  it('has the satellite, which passes a check of its own', async () => {
    const secret = randomUUID();
    noteSecret(secret);
    await writeFile(join(folder, 'satellite.key'), `${secret}\n`, { mode: 0o600 });
    const port = operator.ports.front;
    const socket = engine.url.slice('unix://'.length);
    const set = ['SATELLITE_SECRET_FILE=/run/key', 'SATELLITE_DATA=/tmp/satellite', 'SATELLITE_DOCKER_URL=unix:///run/docker.sock'];
    const mounts = [`--volume=${folder}/satellite.key:/run/key:ro`, `--volume=${socket}:/run/docker.sock`];
    const env = [...set, `SATELLITE_LISTEN=127.0.0.1:${port}`].map((variable) => `--env=${variable}`);
    const start = ['--user=0', '--no-healthcheck', '--entrypoint=node', 'mooring', 'packages/satellite/dist/main.js'];
    await docker(
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
    await docker('rm', '--force', 'satellite');
  }, 60_000);

  itComposes(
    'the compose files are ones, and that of deploy/docker brings up Mooring behind Traefik',
    async () => {
      const all = ['docker', 'rancher', 'rancher/traefik3', 'domains'].map((name) => `deploy/${name}/docker-compose.yml`);
      for (const file of [...all, 'deploy/domains/docker-compose.sidekick.yml']) {
        const { code, err } = await run('docker-compose', ['--file', file, 'config', '--quiet'], 30_000, SITE);
        expect([file, code, code === 0 ? '' : err]).toEqual([file, 0, '']);
      }
      // Traefik's own image can't be pulled everywhere; the program is the same.
      const cache = await makeCacheFolder(cacheFolder(process.env));
      const { signal } = new AbortController();
      const program = await findTraefik({ environment: process.env, cache, signal, progress: { note: () => undefined } });
      const override = join(folder, 'override.yml');
      const instead = { image: BASE, entrypoint: '/traefik', volumes: [`${program.path}:/traefik:ro`] };
      // Nor may every machine raise the limit of open files to what the file asks for.
      const most = Math.min(
        65_536,
        Number(/^Max open files\s+\d+\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1] ?? 65_536),
      );
      const limited = { ulimits: { nofile: { soft: most, hard: most } } };
      await writeFile(override, JSON.stringify({ version: '3.8', services: { traefik: instead, mooring: limited } }));
      const compose = (...args: string[]) =>
        run('docker-compose', ['--project-name=tried', '--file', all[0] as string, '--file', override, ...args], 120_000, SITE);
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
      await untilHealthy('tried_mooring_1');
      expect((await compose('down', '--volumes')).code).toBe(0);
    },
    240_000,
  );

  it('domains writes what HAProxy takes, and runs it', async () => {
    const { metadataUrl } = operator.centre;
    const said = await docker(
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
    await docker('run', '--detach', '--name=domains', '--network=none', '--env=DISABLE_METADATA=true', 'mooring/domains');
    await untilHealthy('domains');
    const page = "fetch('http://127.0.0.1/', {headers: {host: 'nobody.dev.test'}}).then(({status}) => console.log(status))";
    await until(async () => (await run('docker', ['exec', 'domains', 'node', '-e', page])).out === '503\n', { withinMs: 20_000 });
    await docker('stop', '--time=15', 'domains');
    expect((await inspect('domains')).State.ExitCode).toBe(0);
  }, 120_000);
});
