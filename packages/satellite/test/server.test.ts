import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { quietLogger } from '../../../leaks/quiet-logger.js';
import { createSatelliteClient } from '../src/client.js';
import { SatelliteError } from '../src/errors.js';
import type { Satellite } from '../src/satellite.js';
import { buildServer, type HostSatellite } from '../src/server.js';

const SECRET = 'a secret of the test';
const STATE = {
  ...{ Status: 'exited', Running: false, Paused: false, Restarting: false, OOMKilled: false, Dead: false, Pid: 0, ExitCode: 3, Error: '' },
  ...{ StartedAt: '2026-01-01T00:00:00Z', FinishedAt: '2026-01-01T00:00:01Z' },
};
const INFO = { path: '/ä b', size: 10, mode: 0o644, mtime: '2026-01-01T00:00:00Z', type: 'file' as const };

const collect = async (stream: AsyncIterable<unknown>): Promise<string> => {
  let text = '';
  for await (const part of stream) text += String(part);
  return text;
};

/** One container, `u`, with one file. */
class OneContainer implements HostSatellite {
  readonly put: string[] = [];
  readonly ended: string[] = [];
  ready = true;
  failure: Error | undefined;

  async isReady() {
    return this.ready;
  }
  async state(uuid: string) {
    if (this.failure) throw this.failure;
    if (uuid !== 'u') throw new SatelliteError('NotFound', 'no such container');
    return STATE;
  }
  async changes() {
    return [{ path: '/a', kind: 'added' as const }];
  }
  async usage() {
    return null;
  }
  async stat(_uuid: string, path: string) {
    return { ...INFO, path };
  }
  async readFile(...[, path, { range } = {}]: Parameters<Satellite['readFile']>) {
    const text = '0123456789';
    const end = range?.end ?? 9;
    const part = range ? { range: { start: range.start, end, size: 10 } } : {};
    return { info: { ...INFO, path }, body: Readable.from([text.slice(range?.start ?? 0, end + 1)]), ...part };
  }
  async readArchive(...[, path, { only } = {}]: Parameters<Satellite['readArchive']>) {
    return Readable.from([`tar of ${path} ${only ?? 'all'}`]);
  }
  async writeArchive(...[, path, { body, sha256 }]: Parameters<Satellite['writeArchive']>) {
    this.put.push(`${path} ${await collect(body)} ${sha256.slice(0, 4)}`);
  }
  async logs(...[, { follow, signal } = {}]: Parameters<Satellite['logs']>) {
    const ended = this.ended;
    return Readable.from(
      (async function* () {
        yield 'line\n';
        if (!follow) return;
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        ended.push('logs');
      })(),
    );
  }
}

let host: OneContainer;
let app: FastifyInstance;
let url: string;
let secrets: string[];
let now: number;
const client = (secret = SECRET): Satellite => createSatelliteClient({ url, host: 'host-7', secrets: () => [secret], now: () => now });
beforeEach(async () => {
  host = new OneContainer();
  secrets = [SECRET];
  now = 1_700_000_000_000;
  app = buildServer({ satellite: host, secrets: () => secrets, now: () => now, logger: quietLogger() });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => app.close());

describe('whoever has the secret', () => {
  it('is told state, changes, usage and what a file is', async () => {
    expect(await client().state('u')).toEqual(STATE);
    expect(await client().changes('u')).toEqual([{ path: '/a', kind: 'added' }]);
    expect(await client().usage('u')).toBeNull();
    expect(await client().stat('u', '/ä b')).toEqual(INFO);
  });

  it('gets files, whole and in part', async () => {
    const { body, ...whole } = await client().readFile('u', '/ä b');
    expect([await collect(body), whole]).toEqual(['0123456789', { info: INFO }]);
    const part = await client().readFile('u', '/ä b', { range: { start: 2, end: 4 } });
    expect([await collect(part.body), part.range]).toEqual(['234', { start: 2, end: 4, size: 10 }]);
  });

  it('gets and gives archives', async () => {
    expect(await collect(await client().readArchive('u', '/', { only: 'changed' }))).toBe('tar of / changed');
    expect(await collect(await client().readArchive('u', '/a'))).toBe('tar of /a all');
    const sha256 = createHash('sha256').update('tar').digest('hex');
    await client().writeArchive('u', '/work', { body: Readable.from([Buffer.from('tar')]), sha256, size: 3 });
    expect(host.put).toEqual([`/work tar ${sha256.slice(0, 4)}`]);
  });

  it('follows logs, and what is followed for somebody who goes away ends', async () => {
    expect(await collect(await client().logs('u'))).toBe('line\n');
    const gone = new AbortController();
    const logs = await client().logs('u', { follow: true, signal: gone.signal });
    logs.once('data', () => gone.abort());
    await expect(collect(logs)).rejects.toThrow();
    const end = Date.now() + 5_000;
    while (host.ended.length === 0 && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
    expect(host.ended).toEqual(['logs']);
  });

  it('may use the old one until it is taken away', async () => {
    secrets = ['a new secret', SECRET];
    await client().state('u');
    secrets = ['a new secret'];
    await expect(client().state('u')).rejects.toMatchObject({ code: 'Unauthorized', host: 'host-7' });
  });
});

describe('whoever has not', () => {
  it('is refused, whatever is asked for', async () => {
    for (const path of ['state', 'changes', 'usage', 'stat?path=/', 'file?path=/', 'archive?path=/', 'logs', 'nothing']) {
      const answer = await fetch(`${url}/v1/containers/u/${path}`);
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'Unauthorized']);
    }
    await expect(client('made up').state('u')).rejects.toMatchObject({ code: 'Unauthorized' });
    expect((await fetch(`${url}/v1/containers/u/archive?path=/`, { method: 'PUT', body: 'x' })).status).toBe(401);
    expect(host.put).toEqual([]);
  });

  it('learns whether it is up, and nothing else', async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    host.ready = false;
    expect((await fetch(`${url}/healthz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz?x`)).status).toBe(401);
  });
});

describe('what can not be done', () => {
  it('is told by its code, with the host', async () => {
    await expect(client().state('v')).rejects.toMatchObject({ code: 'NotFound', message: 'no such container', host: 'host-7' });
    await expect(client().state('../u')).rejects.toMatchObject({ code: 'BadRequest' });
    host.failure = new Error('with an inner detail');
    await expect(client().state('u')).rejects.toMatchObject({ code: 'Failed', message: 'the satellite failed; its log says why' });
  });

  it('is 503 to be where the satellite is down', async () => {
    await app.close();
    await expect(client().state('u')).rejects.toMatchObject({
      code: 'Unavailable',
      host: 'host-7',
      message: "the satellite of the host host-7 doesn't answer",
    });
  });
});
