import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProcessRuntime, type LocalRancher, startLocalRancher } from '@mooring/local-rancher';
import { type Container, type ProjectClient, RancherClient } from '@mooring/rancher-client';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { noteSecret } from '../../../../leaks/watch.js';
import { type Project, rancherFiles } from '../../src/containers/rancher-files.js';
import { placeOf } from '../../src/containers/satellite-places.js';
import { until } from '../support/until.js';

const HOSTS = 3;
const PORT = 8001;
const SECRET = 'the-secret-of-all-satellites-of-the-tests';
noteSecret(SECRET);
const logger = quietLogger();

/** Answers as a satellite does, and says in `Error` where it is and who asked it how. */
const SATELLITE = `
const state = { Status: 'running', Running: true, Paused: false, Restarting: false, OOMKilled: false, Dead: false, Pid: 1, ExitCode: 0, StartedAt: '', FinishedAt: '' };
const signed = /^Mooring-HMAC-SHA256 key=[0-9a-f]{8}, time=\\d+, nonce=[0-9a-f]{32}, /;
require('node:http').createServer((request, response) => {
  if (!signed.test(request.headers.authorization)) return response.writeHead(401).end();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ...state, Error: process.env.CONTAINER_ADDRESS + ' ' + request.url }));
}).listen(${PORT}, process.env.CONTAINER_ADDRESS, () => console.log('listens'));
`;

/** A Rancher of several hosts, a satellite on each. */
describe('containers on several hosts', () => {
  let folder: string;
  let rancher: LocalRancher;
  let client: RancherClient;
  let project: ProjectClient;
  let satellites: Container[];
  let workers: Container[];
  let clock = 0;

  const running = async (image: string, count: number): Promise<Container[]> => {
    let found: Container[] = [];
    await until(async () => {
      found = (await project.containers.list()).filter(({ state, imageUuid }) => state === 'running' && imageUuid === `docker:${image}`);
      return found.length === count;
    });
    return found;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rancher-hosts-'));
    const runtime = createProcessRuntime({
      dataDir: folder,
      installation: { variable: 'TEST_INSTALLATION', id: folder },
      images: {
        satellite: { entrypoint: [process.execPath, '-e'], command: [SATELLITE] },
        worker: { entrypoint: ['sleep'], command: ['1000'] },
      },
      unknownImage: 'error',
      logger,
    });
    rancher = await startLocalRancher({ dataDir: folder, port: 0, metadataPort: 0, hosts: HOSTS, runtime, logger });
    client = new RancherClient({ url: rancher.url });
    project = client.project('1a5');
    const { id: stackId } = await project.stacks.create({ name: 'stack' });
    const create = (name: string, labels: object = {}) =>
      project.services.create({ name, stackId, scale: HOSTS, startOnCreate: true, launchConfig: { imageUuid: `docker:${name}`, labels } });
    await create('satellite', { 'mooring.dev/satellite': String(PORT) });
    satellites = await running('satellite', HOSTS);
    await create('worker', { 'mooring.dev/session': 'x', 'mooring.dev/satellite': '1' });
    workers = await running('worker', HOSTS);
    for (const { id } of satellites) await until(async () => (await project.containers.logs(id)).includes('listens'));
  });
  afterAll(async () => {
    await client?.close();
    await rancher?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const files = (of: () => Project | undefined = () => project) => rancherFiles({ project: of, secrets: () => [SECRET], now: () => clock });
  const said = ({ uuid, hostId }: Container) => {
    const satellite = satellites.find((each) => each.hostId === hostId);
    return `${satellite?.primaryIpAddress} /v1/containers/${uuid}/state`;
  };

  it('are asked about at the satellite of their own host', async () => {
    expect(new Set(workers.map(({ hostId }) => hostId)).size).toBe(HOSTS);
    const asked = files();
    for (const worker of workers) expect((await asked.state(worker.id)).Error).toBe(said(worker));
  });

  it('whose satellite is down are told with the host’s name, the others go on', async () => {
    const asked = files();
    await Promise.all(workers.map(({ id }) => asked.state(id)));
    const [down, ...others] = workers as [Container, ...Container[]];
    const satellite = satellites.find(({ hostId }) => hostId === down.hostId) as Container;
    const { hostname } = await project.hosts.get(down.hostId ?? '');
    await project.containers.action(satellite.id, 'stop', {});
    const unavailable = { code: 'Unavailable', message: expect.stringContaining(`${hostname}`) };
    await until(async () => (await asked.state(down.id).catch(() => undefined)) === undefined);
    await expect(asked.state(down.id)).rejects.toMatchObject(unavailable);
    for (const worker of others) expect((await asked.state(worker.id)).Error).toBe(said(worker));
    clock += 5_000;
    await expect(files().state(down.id)).rejects.toMatchObject(unavailable);
    // Rancher starts another one in its place, which is found once it was looked for again.
    await until(async () => {
      satellites = await project.containers.list({ state: 'running' });
      satellites = satellites.filter(({ labels, hostId }) => labels['mooring.dev/satellite'] === String(PORT) && hostId !== null);
      clock += 5_000;
      return satellites.length === HOSTS && (await asked.state(down.id).catch(() => undefined))?.Error === said(down);
    });
  });

  it('can’t be asked about while Rancher is not found, or unless it was asked before', async () => {
    await expect(files(() => undefined).state('1i1')).rejects.toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining('Rancher'),
    });
    await expect(files().state('1i99999')).rejects.toMatchObject({ code: 'NotFound' });
    let isDown = false;
    const failing = async () => {
      throw new Error('down');
    };
    const dead: Project = { containers: { find: failing, listAs: failing }, hosts: { find: failing } };
    const asked = files(() => (isDown ? dead : project));
    const [worker] = workers as [Container];
    await asked.state(worker.id);
    isDown = true;
    expect((await asked.state(worker.id)).Error).toBe(said(worker));
    await expect(asked.state(workers[1]?.id ?? '')).rejects.toMatchObject({ code: 'Unavailable' });
  });
});

describe('a satellite', () => {
  const container = { hostId: '1h1', state: 'running', primaryIpAddress: '10.42.0.7', labels: { 'mooring.dev/satellite': '8001' } };

  it.each([
    [container, { hostId: '1h1', url: 'http://10.42.0.7:8001' }],
    [
      { ...container, state: 'stopped' },
      { hostId: '1h1', url: undefined },
    ],
    [
      { ...container, primaryIpAddress: null },
      { hostId: '1h1', url: undefined },
    ],
    [
      { ...container, labels: { 'mooring.dev/satellite': '80@evil' } },
      { hostId: '1h1', url: undefined },
    ],
    [{ ...container, labels: { ...container.labels, 'mooring.dev/session': 'x' } }, undefined],
    [{ ...container, labels: {} }, undefined],
    [{ ...container, hostId: null }, undefined],
  ])('is what its label says: %j', (seen, place) => {
    expect(placeOf(seen)).toEqual(place);
  });
});
