import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../../../leaks/quiet-logger.js';
import { createDockerRuntime } from '../../../src/runtime/docker/docker-runtime.js';
import { ensureImage } from '../../../src/runtime/docker/pull.js';
import type { ContainerExit, Runtime } from '../../../src/runtime/runtime.js';
import { waitFor } from '../../support/harness.js';
import { spec } from '../fixture.js';
import { FakeEngine } from './fake-engine.js';

const INSTALLATION = '0a1b2c3d-1111-2222-3333-444455556666';
const OURS = { 'mooring.dev/installation': INSTALLATION };
const of = (uuid: string) => ({ ...OURS, 'io.rancher.container.uuid': uuid });

let engine: FakeEngine;
let url: string;
let runtime: Runtime;
let exits: [string, ContainerExit][];
let healths: unknown[];
let progress: (string | null)[];
beforeEach(async () => {
  engine = new FakeEngine();
  url = await engine.listen();
  runtime = await createDockerRuntime({ url, installation: INSTALLATION, logger: quietLogger(), lookAgainMs: 10 });
  [exits, healths, progress] = [[], [], []];
  runtime.onExit((uuid, exit) => exits.push([uuid, exit]));
  runtime.onHealth((_uuid, health) => healths.push(health));
  runtime.onProgress((_uuid, text) => progress.push(text));
});
afterEach(async () => {
  await runtime.close();
  await engine.close();
});

const recover = async (...known: string[]) => {
  const survivors = await runtime.recover(new Set(known));
  await waitFor(() => (engine.listeners > 0 ? true : undefined), 'the events to be followed');
  return survivors;
};
const demo = spec({ image: 'demo:1', confinement: { capDrop: ['MKNOD'], tty: true } });

describe('a start', () => {
  it('makes the container with its labels in a network of its own, and answers its address', async () => {
    await recover();
    expect(await runtime.start(demo)).toEqual({ address: '172.30.0.1', pid: 1 });
    expect(engine.networks).toEqual(['mooring-0a1b2c3d-net']);
    expect(engine.byUuid('c1')?.body).toMatchObject({
      Image: 'demo:1',
      Labels: of('c1'),
      HostConfig: { NetworkMode: 'mooring-0a1b2c3d-net', CapDrop: ['MKNOD'], RestartPolicy: { Name: 'no' } },
      Tty: true,
    });
    expect(runtime.isRunning('c1')).toBe(true);
  });

  it('after a stop is of the same container', async () => {
    await recover();
    await runtime.start(demo);
    const id = engine.byUuid('c1')?.Id;
    await runtime.stop('c1');
    expect(runtime.isRunning('c1')).toBe(false);
    await runtime.start(demo);
    expect([...engine.containers.keys()]).toEqual([id]);
    expect(exits).toEqual([]);
  });

  it('makes it anew where somebody has removed it', async () => {
    await recover();
    await runtime.start(demo);
    const before = engine.byUuid('c1');
    engine.containers.clear();
    if (before) engine.tell(before, 'destroy');
    await waitFor(() => (exits.length > 0 ? true : undefined), 'the exit');
    await runtime.start(demo);
    expect(engine.byUuid('c1')?.Id).not.toBe(before?.Id);
  });

  it('of many comes to the Engine a few at a time', async () => {
    await recover();
    await Promise.all(Array.from({ length: 40 }, (_, at) => runtime.start({ ...demo, uuid: `c${at}`, name: `n${at}` })));
    expect(engine.containers.size).toBe(40);
    expect(engine.mostBusy).toBeLessThanOrEqual(4);
  });

  it('that fails leaves a container that is removed like every other', async () => {
    await recover();
    engine.failures.set('POST start', 1);
    await expect(runtime.start(demo)).rejects.toMatchObject({ code: 'EngineRefused' });
    expect(engine.containers.size).toBe(1);
    await runtime.remove('c1');
    expect(engine.containers.size).toBe(0);
  });

  it('leaves a network that is there as it is', async () => {
    engine.networks.push('mooring-0a1b2c3d-net');
    await recover();
    expect(engine.networks).toHaveLength(1);
  });
});

describe('an image that the Engine does not have', () => {
  it('is pulled, and nothing but it; how far that is, is told', async () => {
    engine.pull = [
      { status: 'Pulling fs layer', id: 'a', progressDetail: {} },
      { status: 'Downloading', id: 'a', progressDetail: { current: 1_000_000, total: 4_000_000 } },
      { status: 'Download complete', id: 'a', progressDetail: {} },
    ];
    await recover();
    await runtime.start(spec({ image: 'acme/web' }));
    expect(engine.pulled).toEqual(['acme/web:latest']);
    expect(new Set(progress)).toEqual(
      new Set(['Pulling acme/web', 'Pulling acme/web: 25 % of 4 MB', 'Pulling acme/web: 100 % of 4 MB', null]),
    );
    expect(progress.at(-1)).toBeNull();
  });

  it('that can not be pulled fails the start, and says why', async () => {
    engine.pull = [{ error: 'manifest for acme/web:9 not found' }];
    await recover();
    await expect(runtime.start(spec({ image: 'acme/web:9' }))).rejects.toMatchObject({
      code: 'PullFailed',
      message: expect.stringMatching(/acme\/web:9 isn't on this Docker Engine and can't be pulled: manifest for acme\/web:9 not found\./),
    });
    expect(runtime.isRunning('c1')).toBe(false);
  });

  it('is pulled before anybody waits for it', async () => {
    const told: string[] = [];
    await ensureImage(url, { image: 'acme/web:1', onProgress: (text) => told.push(text) });
    expect([engine.pulled, told]).toEqual([['acme/web:1'], ['Pulling acme/web:1']]);
  });
});

describe('what happens to a container', () => {
  it('is seen though the Engine can not be asked at that moment', async () => {
    await recover();
    await runtime.start(demo);
    engine.failures.set('GET json', 3);
    engine.exit('c1', 7);
    await waitFor(() => (exits.length > 0 ? true : undefined), 'the exit');
    expect(exits).toEqual([['c1', { exitCode: 7, signal: null, oomKilled: false }]]);
  });

  it('is told: how it ended, and once', async () => {
    await recover();
    await runtime.start(demo);
    engine.exit('c1', 137, true);
    await waitFor(() => (exits.length > 0 ? true : undefined), 'the exit');
    expect(exits).toEqual([['c1', { exitCode: 137, signal: null, oomKilled: true }]]);
    await runtime.stop('c1');
    expect(exits).toHaveLength(1);
  });

  it('is found again where the events broke off meanwhile', async () => {
    await recover();
    await runtime.start(demo);
    engine.dropEvents();
    engine.exit('c1', 1);
    await waitFor(() => (exits.length > 0 ? true : undefined), 'the exit');
  });

  it("is its image's check of health, too", async () => {
    await recover();
    await runtime.start(demo);
    const container = engine.byUuid('c1');
    if (!container) throw new Error('no container');
    for (const status of ['starting', 'starting', 'unhealthy', 'healthy']) {
      container.State.Health = { Status: status };
      engine.tell(container, `health_status: ${status}`);
      await waitFor(
        () => (healths.at(-1) === { starting: 'initializing' }[status] || healths.at(-1) === status ? true : undefined),
        status,
      );
    }
    expect(healths).toEqual(['initializing', 'unhealthy', 'healthy']);
  });
});

describe('the next run', () => {
  it('takes over what runs, removes what nobody knows, and touches nothing of others', async () => {
    const mine = engine.add(of('stays'));
    engine.add(of('ended'), false);
    engine.add(of('unknown'));
    const foreign = engine.add({ 'mooring.dev/installation': 'another' });
    const survivors = await recover('stays', 'ended', 'gone');
    expect([...survivors]).toEqual([['stays', { address: '172.30.0.1' }]]);
    expect(engine.byUuid('unknown')).toBeUndefined();
    expect(engine.byUuid('ended')).toBeDefined();
    await runtime.close();
    expect([mine.State.Running, foreign.State.Running]).toEqual([false, true]);
  });
});

describe('what it says and uses', () => {
  it('are read from the Engine', async () => {
    await recover();
    await runtime.start(spec({ image: 'demo:1' }));
    const lines: string[] = [];
    await runtime.readLog('c1', { lines: 9, follow: false, signal: new AbortController().signal, onLine: (line) => lines.push(line) });
    expect(lines).toEqual(['one', 'two', 'three']);
    expect(await runtime.usageOf('c1')).toEqual({
      cpu: { usage: { total: 5 } },
      memory: { usage: 7 },
      network: { interfaces: [{ name: 'eth0', rx_bytes: 1, tx_bytes: 2 }] },
      diskio: { io_service_bytes: [{ major: 8, minor: 0, stats: { Read: 3, Write: 4 } }] },
    });
    await expect(runtime.openShell('nobody', { command: [], tty: true, onOutput: () => {}, onEnd: () => {} })).rejects.toMatchObject({
      code: 'NotRunning',
    });
  });
});

describe('closing', () => {
  /** Closes while the Engine is busy with something. */
  async function closeWhile(isBusy: () => boolean, letGo: () => void) {
    await waitFor(() => (isBusy() ? true : undefined), 'the Engine to be busy');
    const closed = runtime.close();
    letGo();
    await closed;
  }
  const hold = () => {
    let letGo = () => {};
    engine.held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    return letGo;
  };

  it('begins nothing that waits for its turn', async () => {
    await recover();
    const letGo = hold();
    const starts = Promise.allSettled(Array.from({ length: 40 }, (_, at) => runtime.start({ ...demo, uuid: `c${at}`, name: `n${at}` })));
    await closeWhile(() => engine.busy === 4, letGo);
    for (const start of await starts) expect(start).toMatchObject({ status: 'rejected', reason: { code: 'Closed' } });
    expect(engine.asked.filter((what) => /create$|start$/.test(what) && what.includes('/containers/'))).toHaveLength(4);
  });

  it('sees a start that is under way to its end, and stops the container', async () => {
    await recover();
    await runtime.start(demo);
    await runtime.stop('c1');
    const letGo = hold();
    const started = runtime.start(demo);
    await closeWhile(() => engine.busy === 1, letGo);
    expect([(await started).pid, engine.byUuid('c1')?.State.Running]).toEqual([2, false]);
  });
});

describe('without an Engine', () => {
  it('the error says what to do', async () => {
    await engine.close();
    await expect(runtime.recover(new Set())).rejects.toMatchObject({
      code: 'EngineUnreachable',
      message: expect.stringContaining('Start dockerd, or set MOORING_DOCKER_URL'),
    });
    engine = new FakeEngine();
    await engine.listen();
  });
});
