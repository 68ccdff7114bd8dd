import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProcessRuntime, type LocalRancher, startLocalRancher } from '@mooring/local-rancher';
import { type ContainerStats, type ProjectClient, RancherClient } from '@mooring/rancher-client';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { until } from '../support/until.js';

const logger = quietLogger();

let folder: string;
let rancher: LocalRancher;
let client: RancherClient;
let project: ProjectClient;
let container: string;
let talker: string;
let service: string;

/** A local Rancher whose container is a process, and the client that Mooring uses. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rancher-streams-'));
  const runtime = createProcessRuntime({
    dataDir: folder,
    installation: { variable: 'TEST_INSTALLATION', id: folder },
    images: {
      sleeper: { entrypoint: ['sleep'], command: ['1000'] },
      talker: { entrypoint: ['/bin/sh', '-c'], command: ['echo one; echo two >&2; echo "drei: ü"; sleep 1000'] },
    },
    unknownImage: 'error',
    logger,
  });
  rancher = await startLocalRancher({ dataDir: folder, port: 0, metadataPort: 0, runtime, logger });
  client = new RancherClient({ url: rancher.url });
  project = client.project('1a5');
  const { id: stackId } = await project.stacks.create({ name: 'stack' });
  const launchConfig = { imageUuid: 'docker:sleeper', environment: { GREETING: 'grüezi' } };
  ({ id: service } = await project.services.create({ name: 'sleeper', stackId, scale: 1, startOnCreate: true, launchConfig }));
  const started = async (name: string): Promise<string> => {
    let id = '';
    await until(async () => {
      const all = await project.containers.list();
      id = all.find(({ state, imageUuid }) => state === 'running' && imageUuid === `docker:${name}`)?.id ?? '';
      return id !== '';
    });
    return id;
  };
  container = await started('sleeper');
  await project.services.create({ name: 'talker', stackId, scale: 1, startOnCreate: true, launchConfig: { imageUuid: 'docker:talker' } });
  talker = await started('talker');
  await until(async () => (await project.containers.logs(talker)).length === 3);
});
afterAll(async () => {
  await client?.close();
  await rancher?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('execute', () => {
  it("answers what a command writes, in the container's environment, as text", async () => {
    await expect(project.containers.execute(container, ['/bin/sh', '-c', 'echo "$GREETING"; echo two >&2'])).resolves.toBe('grüezi\ntwo\n');
  });

  it('puts characters together that came in two pieces', async () => {
    const program = 'process.stdout.write("ü".repeat(10001))';
    await expect(project.containers.execute(container, [process.execPath, '-e', program])).resolves.toBe('ü'.repeat(10_001));
  });

  it('has a limit of bytes', async () => {
    const command = ['/bin/sh', '-c', 'yes'];
    const error = project.containers.execute(container, command, { maxBytes: 10_000 });
    await expect(error).rejects.toMatchObject({ name: 'RancherUnreachableError', code: 'InvalidAnswer' });
    await expect(project.containers.execute(container, ['echo', '0123456789'], { maxBytes: 10 })).rejects.toThrow('more than 10 bytes');
  });

  it('has a limit of time', async () => {
    const error = project.containers.execute(container, ['sleep', '100'], { deadlineMs: 300 });
    await expect(error).rejects.toMatchObject({ code: 'Timeout', message: expect.stringContaining('within 300 ms') });
  });

  it('is called off by its signal, and by the end of the client', async () => {
    const reason = new Error('no longer wanted');
    await expect(project.containers.execute(container, ['sleep', '100'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const other = new RancherClient({ url: rancher.url });
    const running = other.project('1a5').containers.execute(container, ['sleep', '100']);
    const ended = expect(running).rejects.toThrow('The Rancher client was closed.');
    await other.close();
    await ended;
  });

  it('says what Rancher says of a container that is none', async () => {
    await expect(project.containers.execute('1i999', ['true'])).rejects.toMatchObject({ name: 'RancherError', status: 404 });
  });
});

describe('logs', () => {
  it('are the last lines, in order, without what tells the outputs apart', async () => {
    await expect(project.containers.logs(talker, { lines: 2 })).resolves.toEqual(['two', 'drei: ü']);
    await expect(project.containers.logs(talker)).resolves.toEqual(['one', 'two', 'drei: ü']);
    await expect(project.containers.logs(container)).resolves.toEqual([]);
  });

  it('have limits, and say what Rancher says', async () => {
    await expect(project.containers.logs(talker, { maxBytes: 12 })).rejects.toMatchObject({ code: 'InvalidAnswer' });
    await expect(project.containers.logs(talker, { signal: AbortSignal.abort(new Error('no longer wanted')) })).rejects.toThrow(
      'no longer',
    );
    await expect(project.containers.logs('1i999')).rejects.toMatchObject({ name: 'RancherError', status: 404 });
  });
});

describe('statistics', () => {
  it('of a host tell each second what its containers use', async () => {
    const frames: ContainerStats[][] = [];
    for await (const frame of project.hosts.containerStats('1h1')) {
      frames.push(frame);
      if (frames.length === 2) break;
    }
    const told = {
      memory: { usage: expect.any(Number) },
      network: null,
      diskio: { io_service_bytes: [{ stats: { Read: expect.any(Number), Write: expect.any(Number) } }] },
    };
    expect(frames[1]).toMatchObject([container, talker].sort().map((id) => ({ id, ...told })));
  });

  it('end with their time', async () => {
    const read = async (): Promise<void> => {
      for await (const _frame of project.hosts.containerStats('1h1', { deadlineMs: 100 }));
    };
    await expect(read()).rejects.toMatchObject({ code: 'Timeout' });
  });

  it('of a service say that there is no address (05-24), of a container what Rancher says (05-23)', async () => {
    await expect(project.services.containerStats(service).next()).rejects.toThrow('no active host measures them');
    await expect(project.containers.containerStats(container).next()).rejects.toMatchObject({ name: 'RancherError', status: 500 });
  });
});
