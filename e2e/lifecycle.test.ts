import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freeBase, type RunningMooring, startMooring } from './support/mooring.js';
import { ask, Person } from './support/person.js';
import { startedProcesses } from './support/processes.js';
import { servicesOf } from './support/rancher.js';
import { until } from './support/until.js';

const STOP_MS = 10_000;

describe('starting, stopping and starting again', () => {
  let mooring: RunningMooring | undefined;
  afterEach(async () => {
    await mooring?.dispose();
    mooring = undefined;
  }, 30_000);

  it.each(['process', 'group'] as const)(
    'npm start ends within 10 s of SIGTERM to its %s, and leaves no process behind',
    async (whom) => {
      mooring = await startMooring({ by: 'npm' });
      await new Person(mooring.origin, 'alice').openDemo();
      expect(startedProcesses(mooring.data).length).toBeGreaterThanOrEqual(2);
      const ending = mooring.end('SIGTERM', whom);
      // An impatient person presses Ctrl-C as well.
      process.kill(whom === 'group' ? -(mooring.child.pid as number) : (mooring.child.pid as number), 'SIGINT');
      expect((await ending).afterMs).toBeLessThan(STOP_MS);
      expect(startedProcesses(mooring.data)).toEqual([]);
      const ports = [0, 1, 2, 3, 4, 6].map((offset) => (mooring as RunningMooring).base + offset);
      await Promise.all(ports.map((port) => expect(ask(`http://127.0.0.1:${port}`, '/')).rejects.toThrow('ECONNREFUSED')));
    },
    120_000,
  );

  it('finds sessions, sign-ins and cookies again after a stop, and runs what ran', async () => {
    mooring = await startMooring();
    const person = new Person(mooring.origin, 'alice');
    const before = await person.openDemo();
    const { data, base } = mooring;
    expect((await mooring.end('SIGTERM')).code).toBe(0);
    mooring = await startMooring({ data, base, readyWithinMs: 30_000 });
    const after = await person.demoStatus();
    expect(after.instance).not.toBe(before.instance);
    expect((await servicesOf(base)).map(({ name }) => name)).toEqual([expect.stringMatching(/^narrative-alice-/)]);
    expect((await person.wish()).status).toBe(200);
  }, 120_000);

  it('cleans up after a kill -9 of the command alone, whose containers and Traefik went on', async () => {
    mooring = await startMooring();
    const person = new Person(mooring.origin, 'alice');
    await person.openDemo();
    const { data, base } = mooring;
    const orphans = startedProcesses(data);
    await mooring.end('SIGKILL');
    expect(orphans.length).toBeGreaterThanOrEqual(2);
    mooring = await startMooring({ data, base });
    await person.demoStatus();
    const now = startedProcesses(data);
    expect(orphans.filter((pid) => now.includes(pid))).toEqual([]);
    expect(now).toHaveLength(orphans.length);
  }, 120_000);

  it('comes back from a container that was killed, when its person does', async () => {
    mooring = await startMooring();
    const person = new Person(mooring.origin, 'alice');
    const { instance } = await person.openDemo();
    const { text } = await ask(`http://127.0.0.1:${mooring.base + 1}`, '/v2-beta/projects/1a5/containers', {
      headers: { accept: 'application/json' },
    });
    const [container] = (JSON.parse(text) as { data: { id: string }[] }).data;
    await ask(`http://127.0.0.1:${mooring.base + 1}`, `/v2-beta/projects/1a5/containers/${container?.id}?action=stop`, { method: 'POST' });
    const again = await until(async () => {
      await person.wish();
      const answer = await person.ask('/narrative/api/status');
      return answer.status === 200 && (answer.json().instance as string) !== instance && answer;
    });
    expect(again.status).toBe(200);
  }, 60_000);

  it('names the port that is taken, and its key', async () => {
    const base = await freeBase();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(base + 2, '127.0.0.1', resolve));
    const data = await mkdtemp(join(tmpdir(), 'mooring-e2e-'));
    try {
      await expect(startMooring({ base, data })).rejects.toThrow(new RegExp(`${base + 2}[\\s\\S]*MOORING_PORT_BASE`));
    } finally {
      squatter.close();
      await rm(data, { recursive: true, force: true });
    }
  }, 60_000);
});
