import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { noteSecret } from '../leaks/watch.js';
import { RancherClient } from '../packages/rancher-client/src/index.js';
import { createSatelliteClient } from '../packages/satellite/src/index.js';
import { dockerMissing, IMAGE, TestEngine } from './support/docker.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { ask, Person } from './support/person.js';
import { missing, withPart } from './support/real-parts.js';
import { SlowRegistry } from './support/slow-registry.js';
import { Spawner } from './support/spawner.js';
import { until } from './support/until.js';

const lacking = dockerMissing();
const test = withPart(lacking ?? 'a Docker Engine', lacking === undefined);

/** What is looked at of the Engine's answer about one container. */
interface DockerInspection {
  Id: string;
  State: { Running: boolean; Health: { Status: string } };
  Config: { Labels: Record<string, string> };
  NetworkSettings: { Networks: object };
}

/** `mooring start` over a real Docker Engine, behind the real Traefik. */
describe('sessions as containers of a Docker Engine', () => {
  let engine: TestEngine;
  let mooring: RunningMooring;
  let client: RancherClient;
  const env = () => ({ MOORING_RUNTIME: 'docker', MOORING_DOCKER_URL: engine.url, MOORING_IMAGE: IMAGE });

  beforeAll(async () => {
    if (lacking !== undefined) return missing(lacking);
    engine = await TestEngine.start();
    mooring = await startMooring({ env: env() });
    client = new RancherClient({ url: `http://127.0.0.1:${mooring.base + 1}/v2-beta` });
  }, 120_000);

  afterAll(async () => {
    await client?.close();
    await mooring?.dispose();
    await engine?.end();
  }, 40_000);

  const people = new Map<string, Person>();
  const open = async (user: string): Promise<Person> => {
    const person = people.get(user) ?? new Person(mooring.origin, user);
    people.set(user, person);
    await person.openDemo();
    return person;
  };

  const rancherContainer = async (user: string) => {
    const found = await client.project('1a5').containers.list({});
    const container = found.find(({ name, state }) => name?.includes(`narrative-${user}-`) && state !== 'removed');
    if (!container) throw new Error(`Rancher has no container of ${user}`);
    return container;
  };

  test('a session runs in a container, confined and labelled, that Traefik reaches', async () => {
    await open('alice');
    const { Id, State, Labels } = await engine.containerOf('alice');
    expect([State, Labels['io.rancher.container.start_once']]).toEqual(['running', 'true']);
    expect(Labels).toMatchObject({ 'mooring.dev/session': expect.any(String), 'mooring.dev/installation': expect.any(String) });
    const { HostConfig } = JSON.parse(await engine.ask('GET', `/containers/${Id}/json`)) as { HostConfig: Record<string, unknown> };
    expect(HostConfig).toMatchObject({ CapDrop: expect.arrayContaining(['MKNOD', 'SYS_ADMIN']), Privileged: false, PortBindings: null });
  }, 30_000);

  test("the image's HEALTHCHECK is the healthState at Rancher", async () => {
    await until(async () => (await rancherContainer('alice')).healthState === 'healthy', { what: () => 'healthy' });
  }, 20_000);

  test('its log is read and commands run in it, through Rancher', async () => {
    const { id } = await rancherContainer('alice');
    const { containers } = client.project('1a5');
    expect(await containers.logs(id)).toEqual(['ready']);
    expect(await containers.execute(id, ['sh', '-c', 'cat /www/narrative/api/status'])).toBe('{}');
  });

  test('the satellite tells what has changed in it, and gives the file', async () => {
    const uuid = (await rancherContainer('alice')).uuid ?? '';
    const secret = (await readFile(join(mooring.data, 'satellite.key'), 'utf8')).trim();
    noteSecret(secret);
    const satellite = createSatelliteClient({ url: `http://127.0.0.1:${mooring.base + 7}`, host: 'local', secrets: () => [secret] });
    const { containers } = client.project('1a5');
    await containers.execute((await rancherContainer('alice')).id, ['sh', '-c', 'mkdir /out; echo made > /out/file; rm /bin/wget']);
    const told = await satellite.changes(uuid);
    expect(told).toEqual([
      { path: '/bin/wget', kind: 'deleted' },
      { path: '/out', kind: 'added' },
      { path: '/out/file', kind: 'added' },
    ]);
    expect(await text((await satellite.readFile(uuid, '/out/file')).body)).toBe('made\n');
    expect(await satellite.state(uuid)).toMatchObject({ Status: 'running', ExitCode: 0 });
    const tar = execFileSync('tar', ['c', '-C', mooring.data, 'installation-id']);
    const sha256 = createHash('sha256').update(tar).digest('hex');
    await satellite.writeArchive(uuid, '/put/below', { body: Readable.from([tar]), sha256, size: tar.length });
    expect(await satellite.stat(uuid, '/put/below/installation-id')).toMatchObject({ type: 'file', size: 37 });
    expect((await satellite.changes(uuid)).filter(({ path }) => path.endsWith('installation-id'))).toEqual([]);
    const changed = await satellite.readArchive(uuid, '/out', { only: 'changed' });
    expect(execFileSync('tar', ['xO', 'out/file'], { input: await buffer(changed) }).toString()).toBe('made\n');
    expect((await fetch(`http://127.0.0.1:${mooring.base + 7}/v1/containers/${uuid}/state`)).status).toBe(401);
  });

  test('the container API runs a script in one, and gives what it made', async () => {
    const password = (await readFile(join(mooring.data, 'admin-password'), 'utf8')).trim();
    const front = `http://127.0.0.1:${mooring.base + 3}/v1`;
    const headers = { 'content-type': 'application/json' };
    const signIn = await fetch(`${front}/auth/login`, { method: 'POST', headers, body: JSON.stringify({ username: 'admin', password }) });
    const { token } = (await signIn.json()) as { token: string };
    noteSecret(token);
    const askFront = (path: string, init: RequestInit = {}) =>
      fetch(`${front}${path}`, { ...init, headers: { ...headers, authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(20_000) });
    const script = Buffer.from('#!/bin/sh\necho at work\nmkdir /results\necho made > /results/file\nrm /bin/wget\nexit 3\n').toString(
      'base64',
    );
    const [image_name, image_tag] = IMAGE.split(':');
    const made = await askFront('/container/', {
      method: 'POST',
      body: JSON.stringify({ image_name, image_tag, script, scriptname: 'work.sh' }),
    });
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: string };
    const state = async () =>
      (await askFront(`/container/${id}/state`)).json() as Promise<{ docker_state?: { Status?: string; ExitCode?: number } }>;
    await until(async () => (await state()).docker_state?.Status === 'exited', { withinMs: 20_000, what: () => 'the end of the script' });
    expect((await state()).docker_state).toMatchObject({ ExitCode: 3 });
    expect(await (await askFront(`/container/${id}/stdout`)).text()).toBe('at work\n');
    expect(await (await askFront(`/container/${id}/changes`)).json()).toEqual([
      { Path: '/bin/wget', Kind: 2 },
      { Path: '/results', Kind: 1 },
      { Path: '/results/file', Kind: 1 },
    ]);
    expect(await (await askFront(`/container/${id}/file/results/file`)).text()).toBe('made\n');
    const archive = Buffer.from(await (await askFront(`/container/${id}/archive`)).arrayBuffer());
    expect(execFileSync('tar', ['xO', 'results/file'], { input: archive }).toString()).toBe('made\n');
    expect((await askFront(`/container/${id}/`, { method: 'DELETE' })).status).toBe(202);
    await until(async () => (await askFront(`/container/${id}/`)).status === 404, { what: () => 'the container to be gone' });
    const server = Buffer.from('#!/bin/sh\nmkdir /w; echo served > /w/x; exec httpd -f -p 8000 -h /w\n').toString('base64');
    const body = JSON.stringify({ image_name, image_tag, script: server, ports: [8000] });
    const { id: web } = (await (await askFront('/container/', { method: 'POST', body })).json()) as { id: string };
    const served = () => askFront(`/container/${web}/proxy/8000/x`);
    await until(async () => (await served()).status === 200, { withinMs: 20_000, what: () => 'its port to answer' });
    expect(await (await served()).text()).toBe('served\n');
    const { now } = (await (await askFront(`/container/${web}/metrics`)).json()) as { now: Record<string, unknown> };
    expect(now).toMatchObject({
      cpuNanoseconds: expect.any(Number),
      memoryBytes: expect.any(Number),
      network: { sentBytes: expect.any(Number) },
    });
    await askFront(`/container/${web}/`, { method: 'DELETE' });
    await until(async () => (await askFront(`/container/${web}/`)).status === 404, { what: () => 'the container to be gone' });
  }, 60_000);

  test('a container that is deployed by name is in the network that it names, ready when its HEALTHCHECK says so, and woken by a visit', async () => {
    const spawner = await Spawner.open(mooring);
    const deploy = (name: string, changes: object = {}) =>
      spawner.ask('/deploy', 'POST', { name, network: 'none-such', image: IMAGE, labels: {}, envs: {}, ...changes });
    const nowhere = await deploy('nowhere');
    expect([nowhere.status, nowhere.json().error]).toEqual([400, expect.stringContaining('none-such')]);
    const unknown = await deploy('unknown', { network: 'managed', image: 'mooring/no-such-image:9' });
    expect([unknown.status, unknown.json().error]).toEqual([400, expect.stringContaining('mooring/no-such-image:9')]);
    const rule = 'PathPrefix(`/apps/web`)';
    const made = await deploy('web', { network: 'bridge', labels: { 'traefik.http.routers.web.rule': rule, kept: 'yes' } });
    expect([made.status, made.json().path]).toEqual([200, '/apps/web/']);
    const container = async () => {
      const found = (await engine.containers()).find(({ Names }) => Names.some((name) => name.includes('-mooring-web-1-')));
      return JSON.parse(await engine.ask('GET', `/containers/${found?.Id}/json`)) as DockerInspection;
    };
    const isReady = async () => (await spawner.ask('/deploy/web')).json().ready === true;
    await until(isReady, { what: () => 'web to be ready' });
    const { State, Config, NetworkSettings } = await container();
    expect([State.Health.Status, Config.Labels.kept, Config.Labels.origin, Object.keys(NetworkSettings.Networks)]).toEqual([
      ...['healthy', 'yes', 'spawner'],
      ['bridge'],
    ]);
    await engine.ask('POST', `/containers/${(await container()).Id}/stop?t=3`);
    await until(async () => (await spawner.ask('/deploy/web')).json().status === 'exited', { what: () => 'web to be exited' });
    const visit = await ask(mooring.origin, '/apps/web/', {
      headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate', prefer: 'wait=20' },
    });
    expect([visit.status, visit.headers.location]).toEqual([302, '/apps/web/']);
    expect((await container()).State).toMatchObject({ Running: true, Health: { Status: 'healthy' } });
    expect((await spawner.ask('/deploy/web', 'DELETE')).json()).toEqual({ result: 'ok' });
    await until(async () => (await engine.containers()).every(({ Names }) => !Names.some((name) => name.includes('-mooring-web-1-'))));
  }, 60_000);

  test('how far the pull of its image is stands on its page and in the API, and it comes up after it', async () => {
    const registry = await SlowRegistry.open({ path: '/apps/slow', text: 'pulled' });
    try {
      const spawner = await Spawner.open(mooring);
      const labels = { 'traefik.http.routers.slow.rule': 'PathPrefix(`/apps/slow`)' };
      const body = { name: 'slow', network: 'bridge', image: registry.image, labels, envs: {} };
      expect((await spawner.ask('/deploy', 'POST', body, { prefer: 'wait=0' })).status).toBe(202);
      const progress = /Pulling 127\.0\.0\.1:\d+\/mooring\/slow:1: [1-9]\d? % of 2 MB/;
      const told = async () => (await spawner.ask('/deploy/slow')).json();
      await until(async () => progress.test(String((await told()).reason)), { what: () => 'how far the pull is' });
      const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };
      const waiting = await ask(mooring.origin, '/apps/slow/', { headers });
      expect([waiting.status, waiting.text]).toEqual([202, expect.stringMatching(progress)]);
      const view = await ask(mooring.origin, '/apps/slow/', { headers: { accept: 'application/json' } });
      expect([view.status, JSON.stringify(view.json())]).toEqual([202, expect.stringMatching(progress)]);
      registry.goOn();
      await until(async () => (await told()).ready === true, { withinMs: 30_000, what: () => 'slow to be ready' });
      expect((await ask(mooring.origin, '/apps/slow/', { headers })).text).toBe('pulled');
      await spawner.ask('/deploy/slow', 'DELETE');
      await until(async () => (await spawner.ask('/deploy/slow')).status === 404, { what: () => 'slow to be gone' });
    } finally {
      await registry.close();
    }
  }, 60_000);

  test('what ended while Mooring was dead is seen, what ran on is as it was', async () => {
    await open('bob');
    await open('carol');
    const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((user) => engine.containerOf(user)));
    await mooring.end('SIGKILL');
    await engine.ask('DELETE', `/containers/${bob?.Id}?force=1`);
    await engine.ask('POST', `/containers/${carol?.Id}/kill`);
    mooring = await startMooring({ env: env(), data: mooring.data, base: mooring.base });
    expect((await engine.containerOf('alice')).Id).toBe(alice?.Id);
    await people.get('alice')?.demoStatus();
    expect((await rancherContainer('alice')).startCount).toBe(1);
    await open('bob');
    expect((await engine.containerOf('bob')).Id).not.toBe(bob?.Id);
    await open('carol');
    expect((await engine.containerOf('carol')).Id).toBe(carol?.Id);
  }, 60_000);

  test('an end of Mooring stops the containers, and keeps them', async () => {
    await mooring.end('SIGTERM');
    const containers = await engine.containers();
    expect(containers.map(({ State }) => State)).toEqual(containers.map(() => 'exited'));
    expect(containers).toHaveLength(3);
  }, 20_000);
});
