import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { WebSocket } from 'ws';
import { noteSecret } from '../leaks/watch.js';
import { RancherClient } from '../packages/rancher-client/src/index.js';
import { createSatelliteClient } from '../packages/satellite/src/index.js';
import { ContainerApi } from './support/container-api.js';
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

const script = (name: string): Promise<string> => readFile(new URL(`support/scripts/${name}.sh`, import.meta.url), 'utf8');

/** `mooring start` over a real Docker Engine, behind the real Traefik. */
describe('sessions as containers of a Docker Engine', () => {
  let engine: TestEngine;
  let mooring: RunningMooring;
  let client: RancherClient;
  let boats: ContainerApi;
  const env = () => ({ MOORING_RUNTIME: 'docker', MOORING_DOCKER_URL: engine.url, MOORING_IMAGE: IMAGE });

  beforeAll(async () => {
    if (lacking !== undefined) return missing(lacking);
    engine = await TestEngine.start();
    mooring = await startMooring({ env: env() });
    client = new RancherClient({ url: `http://127.0.0.1:${mooring.base + 1}/v2-beta` });
    boats = await ContainerApi.signIn(mooring);
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
    expect((await satellite.changes(uuid)).filter(({ path }) => path.startsWith('/put'))).toEqual([]);
    const putChanges = async (command: string) => {
      await containers.execute((await rancherContainer('alice')).id, ['sh', '-c', command]);
      return (await satellite.changes(uuid)).filter(({ path }) => path.startsWith('/put'));
    };
    expect(await putChanges('echo more >> /put/below/installation-id')).toEqual([{ path: '/put/below/installation-id', kind: 'changed' }]);
    expect(await putChanges('rm /put/below/installation-id')).toEqual([{ path: '/put/below/installation-id', kind: 'deleted' }]);
    const changed = await satellite.readArchive(uuid, '/out', { only: 'changed' });
    expect(execFileSync('tar', ['xO', 'out/file'], { input: await buffer(changed) }).toString()).toBe('made\n');
    expect((await fetch(`http://127.0.0.1:${mooring.base + 7}/v1/containers/${uuid}/state`)).status).toBe(401);
  });

  test('the container API runs a script in one, and gives what it made', async () => {
    const lines = ['#!/bin/sh', 'echo at work', 'mkdir /results', 'echo made > /results/file', 'rm /bin/wget', 'exit 3'];
    const id = await boats.run(IMAGE, lines.join('\n'), { scriptname: 'work.sh' });
    const state = async () => (await boats.json<{ docker_state: { Status: string; ExitCode?: number } }>(`${id}/state`)).docker_state;
    await until(async () => (await state()).Status === 'exited', { withinMs: 20_000, what: () => 'the end of the script' });
    expect((await state()).ExitCode).toBe(3);
    expect(await (await boats.ask(`${id}/stdout`)).text()).toBe('at work\n');
    expect(await boats.json(`${id}/changes`)).toEqual([
      { Path: '/bin/wget', Kind: 2 },
      { Path: '/results', Kind: 1 },
      { Path: '/results/file', Kind: 1 },
    ]);
    expect(await boats.json(`${id}/file`)).toEqual(['/results/file']);
    for (const path of ['file/results/file', 'filebynum/0']) expect(await (await boats.ask(`${id}/${path}`)).text()).toBe('made\n');
    const archive = Buffer.from(await (await boats.ask(`${id}/archive`)).arrayBuffer());
    expect(execFileSync('tar', ['xO', 'results/file'], { input: archive }).toString()).toBe('made\n');
    await boats.remove(id);
  }, 60_000);

  test('leads to its ports, over HTTP and websockets', async () => {
    const id = await boats.run(IMAGE, await script('ports'), { ports: [8000, 9000] });
    await boats.answers(id, 'proxy/8000/x');
    expect(await (await boats.ask(`${id}/proxy/8000/x`)).text()).toBe('served\n');
    const body = randomBytes(1_000_000);
    const echoed = await boats.ask(`${id}/proxy/8000/cgi-bin/echo?a=1`, { method: 'POST', headers: { cookie: 'a=1' }, body });
    const sha256 = createHash('sha256').update(body).digest('hex');
    expect(await echoed.text()).toBe(`POST a=1 cookie: authorization:\n${sha256}  -\n`);
    expect((await boats.ask(`${id}/proxy/8001/`)).status).toBe(403);
    // Through the site's own entry point.
    const { headers } = boats;
    const socket = new WebSocket(`ws://127.0.0.1:${mooring.base}/v1/container/${id}/proxy/9000/`, { headers });
    const messages: string[] = [];
    const closed = new Promise((resolve, reject) => socket.once('close', resolve).once('error', reject));
    socket.on('message', (data) => {
      messages.push(String(data));
      if (messages.length === 1) socket.send('ping');
    });
    await closed;
    // What came to the container: a whole text of four letters, under a mask.
    const [greeting, hex = ''] = messages;
    const frame = Buffer.from(hex, 'hex');
    const said = frame.subarray(6).map((byte, at) => byte ^ (frame[2 + at] ?? 0));
    expect([greeting, frame.subarray(0, 2), String(said)]).toEqual(['ready', Buffer.from([0x81, 0x84]), 'ping']);
    await expect(
      new Promise((resolve, reject) =>
        new WebSocket(`ws://127.0.0.1:${mooring.base}/v1/container/${id}/proxy/9000/`).once('open', resolve).once('error', reject),
      ),
    ).rejects.toThrow('401');
    await boats.remove(id);
  }, 60_000);

  test('gives nothing from outside of it, whatever links it makes, and files that change while they are read as they are', async () => {
    const canary = join(mooring.data, 'canary');
    const secret = randomBytes(20).toString('hex');
    await writeFile(canary, secret);
    const id = await boats.run(IMAGE, await script('links'), { container_args: [canary, mooring.data] });
    await boats.answers(id, 'file/out/made');
    const read = async (path: string) => {
      const answer = await boats.ask(`${id}/file${path}`);
      const content = await answer.text();
      expect(content).not.toContain(secret);
      return { status: answer.status, content, length: Number(answer.headers.get('content-length')) };
    };
    const outside = ['', '/out/root', '/out/proc', '/proc/1/root', '/proc/self/root', '/out/%2e%2e/%2e%2e', '/out/..%2f..'];
    const paths = [
      ...outside.map((way) => `${way}${canary}`),
      '/out/canary',
      '/out/folder/canary',
      '/proc/self/environ',
      '/proc/1/environ',
    ];
    for (const path of paths) expect([path, [403, 404, 409].includes((await read(path)).status)]).toEqual([path, true]);
    for (const path of ['/out/absolute', '/out/upward', '/out/pipe']) expect([path, (await read(path)).status]).toEqual([path, 409]);
    for (const path of ['/etc/shadow', '/out/hard', '/out/root/etc/shadow', '/out/etc/shadow'])
      expect(await read(path)).toMatchObject({ status: 200, content: 'mine\n' });
    const flips = [];
    for (let at = 0; at < 10; at += 1) flips.push((await read('/out/flip')).status);
    expect(flips.filter((status) => ![200, 404, 409].includes(status))).toEqual([]);
    for (let at = 0; at < 3; at += 1) {
      const { content, length, status } = await read('/out/grows');
      expect([status, content.length, content.replaceAll('HTTP/1.1 200 OK\n', '')]).toEqual([200, length, '']);
      expect((await boats.json<{ docker_state: object }>(`${id}/state`)).docker_state).toMatchObject({ Running: true });
    }
    const archive = Buffer.from(await (await boats.ask(`${id}/archive`)).arrayBuffer());
    expect(archive.includes(secret)).toBe(false);
    const rows = execFileSync('tar', ['tv'], { input: archive }).toString();
    expect(rows).toMatch(/^l.* out\/absolute -> \/etc\/shadow$/m);
    expect(rows).toMatch(/^-.* out\/grows$/m);
    await boats.remove(id);
  }, 60_000);

  test('tells what it reads from disks and writes to them, as the Engine counts it', async () => {
    const stop = await engine.countDisk();
    const id = await boats.run(IMAGE, await script('disk'));
    await until(async () => (await (await boats.ask(`${id}/stdout`)).text()).includes('done'), { what: () => 'the end of its work' });
    const counted = () => engine.diskBytes((name) => name.includes(id));
    const now = async () => (await boats.json<{ now: { block?: object } & Record<string, unknown> }>(`${id}/metrics`)).now;
    const isAsCounted = async () => JSON.stringify((await now()).block) === JSON.stringify(await counted());
    await until(isAsCounted, { what: () => 'the Engine’s figures' });
    const used = { cpuNanoseconds: expect.any(Number), memoryBytes: expect.any(Number), network: { sentBytes: expect.any(Number) } };
    expect(await now()).toMatchObject(used);
    const { readBytes = 0, writtenBytes = 0 } = (await counted()) ?? {};
    if (stop) expect([readBytes, writtenBytes].map((bytes) => bytes >= 4 * 2 ** 20)).toEqual([true, true]);
    await Promise.all([stop?.(), boats.remove(id)]);
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

  test('what was put into a container is forgotten with it', async () => {
    const kept = () => readdir(join(mooring.data, 'satellite'));
    const isOnlyWhatIsThere = async () => {
      const ids = new Set((await engine.containers()).map(({ Id }) => `${Id}.json`));
      return (await kept()).every((name) => ids.has(name));
    };
    await until(isOnlyWhatIsThere, { withinMs: 15_000, what: () => 'it to be forgotten' });
    expect((await kept()).length).toBeGreaterThan(0);
  }, 20_000);

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
