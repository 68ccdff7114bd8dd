import { readFile, stat } from 'node:fs/promises';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import WebSocket from 'ws';
import { Container } from './support/containers.js';
import { askHost, DomainsPlace } from './support/domains.js';
import { haproxyPath } from './support/haproxy.js';
import { missing, withPart } from './support/real-parts.js';
import { until as wait } from './support/until.js';

const program = haproxyPath();
const it = withPart('HAProxy', program !== undefined);

const PORT = 18_930;
const INTERNAL = 18_931;
const until = (condition: () => boolean | Promise<boolean>, what: string): Promise<true> => wait(condition, { what: () => what });
const host = (stack: string): string => `${stack}.dev.test`;

describe('mooring domains with the real HAProxy', () => {
  let place: DomainsPlace;
  /** Whom the metadata have. */
  const live: Container[] = [];
  const all: Container[] = [];
  let aliases: Record<string, string[]> = {};

  const add = async (stack: string): Promise<Container> => {
    const container = await Container.open(stack, all.length + 1);
    all.push(container);
    live.push(container);
    return container;
  };
  const take = (container: Container): void => void live.splice(live.indexOf(container), 1);
  const tell = (): void => place.metadata.tell({ containers: live.map((container) => container.entry()), aliases });
  const answers = async (name: string): Promise<boolean> => (await askHost(PORT, host(name))).status === 200;

  const backends = async (): Promise<string> => readFile(join(place.folder, 'haproxy-backends.cfg'), 'utf8');
  const metricsText = async (): Promise<string> => (await askHost(INTERNAL, '127.0.0.1', undefined, '/metrics')).text;
  /** Whether the file has those of the metadata, and no others. */
  const isWritten = async (): Promise<boolean> => {
    const servers: string[] = (await backends()).match(/:\d+$/gm) ?? [];
    const wanted = live.map((container) => `:${container.port}`);
    return servers.length === wanted.length && wanted.every((port) => servers.includes(port));
  };

  beforeAll(async () => {
    if (program === undefined) return missing('HAProxy');
    place = await DomainsPlace.open({
      MOORING_DOMAINS_LISTEN: `127.0.0.1:${PORT}`,
      MOORING_INTERNAL_LISTEN: `127.0.0.1:${INTERNAL}`,
    });
    for (const stack of ['steady', 'steady', 's0', 's1', 's2', 's3']) await add(stack);
    tell();
    await place.start('--haproxy').waitFor(() => answers('steady').catch(() => false), 'steady.dev.test');
  });

  afterAll(async () => {
    await place?.close();
    await Promise.all(all.map((container) => container.close()));
  });

  it('leads a new stack there within a second, and nobody to a removed container a second later', async () => {
    const times: number[] = [];
    for (const stack of ['n0', 'n1', 'n2']) {
      await add(stack);
      const toldAt = Date.now();
      tell();
      await until(() => answers(stack), `${stack} to answer`);
      times.push(Date.now() - toldAt);
    }
    expect(Math.min(...times)).toBeLessThan(1_000);
    const second = await add('n0');
    tell();
    await until(async () => (await askHost(PORT, host('n0'))).text === `n0 ${second.number}`, 'the second one to answer');
    take(second);
    const takenAt = Date.now();
    tell();
    await until(async () => {
      await answers('n0');
      return Date.now() - takenAt > 1_500;
    }, 'a second and more to pass under requests');
    expect(second.askedAt - takenAt).toBeLessThan(1_000);
    expect((await askHost(PORT, host('nobody'))).status).toBe(503);
    expect((await askHost(PORT, `www.${host('n0')}:80`)).text).toBe('n0 7');
  });

  it('fails no request and cuts no websocket over 200 changes', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 8 }, () => {
        const socket = new WebSocket(`ws://127.0.0.1:${PORT}/`, { headers: { host: host('steady') } });
        return new Promise<WebSocket>((resolve, reject) => {
          socket.once('open', () => resolve(socket));
          socket.once('error', reject);
        });
      }),
    );
    const echoes = sockets.map(() => 0);
    const cut: string[] = [];
    for (const [index, socket] of sockets.entries()) {
      socket.on('message', () => {
        echoes[index] = (echoes[index] ?? 0) + 1;
      });
      socket.on('close', (code) => cut.push(`closed ${code}`));
      socket.on('error', (error) => cut.push(error.message));
    }
    const failures: string[] = [];
    let requests = 0;
    let isOver = false;
    const ask = async (agent: Agent | undefined, stacks: readonly string[]): Promise<void> => {
      for (let turn = 0; !isOver; turn++) {
        const stack = stacks[turn % stacks.length] ?? '';
        const answer = await askHost(PORT, host(stack), agent).catch((error: Error) => ({ status: 0, text: error.message }));
        requests += 1;
        if (answer.status !== 200 || !answer.text.startsWith(`${stack} `)) failures.push(`${stack}: ${answer.status} ${answer.text}`);
      }
    };
    const lasting = ['steady', 's0', 's1', 's2', 's3'];
    const agents = [undefined, undefined, new Agent({ keepAlive: true, maxSockets: 1 }), new Agent({ keepAlive: true, maxSockets: 1 })];
    const askers = agents.map((agent) => ask(agent, lasting));
    const of = (stack: string): Container[] => live.filter((container) => container.stack === stack);

    for (let change = 0; change < 200; change++) {
      const stack = `s${change % 4}`;
      const [oldest] = of(stack);
      if (change % 20 === 7) await add(`new${change}`);
      else if (change % 20 === 13) aliases = { ...aliases, [stack]: [`alias${change}`] };
      else if (of(stack).length > 2 && oldest) take(oldest);
      else await add(stack);
      tell();
      for (const socket of sockets) socket.send(String(change));
      const askedBefore = requests;
      await until(() => requests > askedBefore + 8, 'requests in between');
    }
    await until(() => answers('new187'), 'the last new stack to answer');
    await until(() => answers('alias193'), 'the last alias to answer');
    await until(isWritten, 'the last change to be written');
    isOver = true;
    await Promise.all(askers);
    for (const agent of agents) agent?.destroy();
    await until(() => echoes.every((count) => count === 200), 'all echoes');
    expect({ failures, cut }).toEqual({ failures: [], cut: [] });
    expect(requests).toBeGreaterThan(1_600);
    for (const socket of sockets) socket.removeAllListeners('close').terminate();
  }, 60_000);

  it('writes the files as they are in effect, and tells by metrics what it did', async () => {
    const readMap = (): Promise<string> => readFile(join(place.folder, 'domain.map'), 'utf8');
    await until(async () => (await readMap()).includes('alias193.dev.test s1\n'), 'the last alias to be written');
    const map = await readMap();
    await until(async () => (await metricsText()).includes(`mooring_domain_servers ${live.length}\n`), 'the last change to be in effect');
    const metrics = await metricsText();
    expect(metrics).toContain(`mooring_domains ${map.split('\n').length - 1}\n`);
    expect(metrics).toContain('mooring_domains_behind_seconds 0\n');
    const count = (by: string): number => Number(new RegExp(`mooring_domain_changes_total\\{by="${by}"\\} (\\d+)`).exec(metrics)?.[1]);
    expect(count('failed')).toBe(0);
    expect(count('reload')).toBeGreaterThan(5);
    expect(count('commands')).toBeGreaterThan(count('reload'));
    expect((await stat(join(place.folder, 'mooring-haproxy'))).mode & 0o077).toBe(0);
  });

  it('starts its HAProxy again with what that was told last, when it ends by itself', async () => {
    const [before] = [await place.master()];
    const added = await add('s0');
    tell();
    const seen = async (): Promise<boolean> => (await askHost(PORT, host('s0')).catch(() => undefined))?.text === `s0 ${added.number}`;
    await until(seen, 'the added one to answer');
    process.kill(before as number, 'SIGKILL');
    await until(async () => ((await place.master()) ?? before) !== before, 'another HAProxy');
    expect(await isWritten()).toBe(true);
    await until(seen, 'the added one to answer again');
  });

  it('keeps all as it was through errors and nonsense, and believes nobody is left when told twice', async () => {
    const before = await readFile(join(place.folder, 'haproxy-backends.cfg'), 'utf8');
    const readyz = async (): Promise<number> => (await askHost(INTERNAL, '127.0.0.1', undefined, '/readyz')).status;
    for (const state of ['error', 'cut'] as const) {
      place.metadata.state = state;
      tell();
      await until(async () => (await readyz()) === 503, `/readyz to tell of ${state}`);
      expect(await backends()).toBe(before);
      place.metadata.state = 'up';
      await until(async () => (await readyz()) === 200, '/readyz to be 200');
    }
    place.metadata.tell({ containers: [1, 'x', null] });
    await until(async () => (await readyz()) === 503, '/readyz to tell of nonsense');
    expect(await answers('steady')).toBe(true);
    place.metadata.tell({ containers: [] });
    await until(async () => (await backends()) === '', 'nobody to be left');
    await until(async () => (await askHost(PORT, host('steady'))).status === 503, 'the fallback to answer');
    tell();
    await until(() => answers('steady'), 'steady to be back');
  });

  it('finds its HAProxy again after it was killed, without a failed request', async () => {
    const failures: string[] = [];
    let isOver = false;
    const asking = (async () => {
      while (!isOver) if (!(await answers('steady').catch(() => false))) failures.push('steady');
    })();
    await place.command?.end('SIGKILL');
    await add('later');
    tell();
    place.start('--haproxy');
    try {
      await until(() => answers('later'), 'the stack that came meanwhile');
    } finally {
      isOver = true;
    }
    await asking;
    expect(failures).toEqual([]);
  });
});
