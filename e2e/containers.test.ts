import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noteSecret } from '../leaks/watch.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { Person } from './support/person.js';
import { schemathesis } from './support/schemathesis.js';
import { until } from './support/until.js';

const MANY = 200;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface View {
  id: string;
  phase: string;
  address?: string;
}

/** The container API as a program uses it that knows no more than docs/containers.md. */
describe('/v1/container', () => {
  let mooring: RunningMooring;
  let token: string;
  let refresh: string;
  let data: Server;
  const folder = mkdtempSync(join(tmpdir(), 'mooring-data-'));
  const origin = () => `http://127.0.0.1:${mooring.base + 3}`;
  const ask = (path: string, { headers, ...init }: RequestInit = {}) =>
    fetch(`${origin()}/v1${path}`, {
      ...init,
      headers: { authorization: `JWT ${token}`, ...(headers as object) },
      signal: AbortSignal.timeout(30_000),
    });
  const post = (path: string, body: unknown) =>
    ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const create = async (body: object): Promise<View> => {
    const answer = await post('/container/', { image_name: 'mooring/demo', ...body });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/json; charset=utf-8']);
    return (await answer.json()) as View;
  };
  const view = async (id: string) => (await (await ask(`/container/${id}/`)).json()) as View;
  const ended = (id: string) =>
    until(async () => (await view(id)).phase === 'Stopped', { withinMs: 30_000, everyMs: 50, what: () => `the end of ${id}` });
  const output = async (id: string) => (await ask(`/container/${id}/stdout`)).text();
  const started = (id: string) =>
    until(async () => (await ask(`/container/${id}/stdout`)).status === 200, { withinMs: 30_000, what: () => `the start of ${id}` });

  beforeAll(async () => {
    for (const [name, content] of Object.entries({ kept: '1\n', changed: '2\n', gone: '3\n' })) writeFileSync(join(folder, name), content);
    const archive = execFileSync('tar', ['-cz', '-C', folder, 'kept', 'changed', 'gone']);
    data = createServer((request, response) => response.end(request.url === '/script' ? '#!/bin/sh\necho fetched\n' : archive));
    await new Promise<void>((resolve) => data.listen(0, '127.0.0.1', resolve));
    mooring = await startMooring({ env: { MOORING_FETCH_FROM: '127.0.0.1' } });
    const password = readFileSync(join(mooring.data, 'admin-password'), 'utf8').trim();
    expect(mooring.stderr()).toContain(`the password ${password}`);
    const answer = (await (await post('/auth/login', { username: 'admin', password })).json()) as { token: string; refresh_token: string };
    ({ token, refresh_token: refresh } = answer);
    for (const secret of [token, refresh]) noteSecret(secret);
  }, 120_000);
  afterAll(async () => {
    await new Promise((resolve) => data?.close(resolve));
    rmSync(folder, { recursive: true, force: true });
    await mooring?.dispose();
  }, 30_000);

  const served = (path: string) => `http://127.0.0.1:${(data.address() as AddressInfo).port}${path}`;

  it('runs a script over data, tells what it prints and writes, and leaves nothing', async () => {
    const script = [
      '#!/bin/bash',
      'cd "$CONTAINER_ROOT/in"; echo more >> changed; rm gone; cd "$HOME"',
      'mkdir results; for i in 1 2 3; do echo "line $i for $1"; done | tee results/out.txt; head -c 100000 /dev/urandom > results/random.bin',
      'exit 7',
    ].join('\n');
    const form = new FormData();
    form.set('image_name', 'mooring/demo');
    form.set('dataurl', served('/data.tar.gz'));
    form.set('datapath', '/in');
    form.set('container_args', 'someone');
    form.set('script', new Blob([script]), 'work.sh');
    const made = await ask('/container/', { method: 'POST', body: form });
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as View;
    expect(await (await ask(`/container/${id}/state`)).json()).toMatchObject({
      fleet_state: { name: id },
      docker_state: { Status: expect.any(String) },
    });
    await started(id);
    const lines = 'line 1 for someone\nline 2 for someone\nline 3 for someone\n';
    expect(await (await ask(`/container/${id}/stdout?follow=true`)).text()).toBe(lines);
    await ended(id);
    const part = await ask(`/container/${id}/stdout`, { headers: { range: 'bytes=5-10' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      `bytes 5-10/${lines.length}`,
      lines.slice(5, 11),
    ]);
    expect(await (await ask(`/container/${id}/state`)).json()).toMatchObject({
      fleet_state: { name: id, activeState: 'inactive', loadState: 'loaded', subState: 'stopped' },
      docker_state: { Status: 'exited', Running: false, ExitCode: 7 },
    });
    expect(await (await ask(`/container/${id}/changes`)).json()).toEqual([
      { Path: '/home/results/out.txt', Kind: 1 },
      { Path: '/home/results/random.bin', Kind: 1 },
      { Path: '/in/changed', Kind: 0 },
      { Path: '/in/gone', Kind: 2 },
    ]);
    expect(await (await ask(`/container/${id}/file`)).json()).toEqual(['/home/results/out.txt', '/home/results/random.bin', '/in/changed']);
    const random = Buffer.from(await (await ask(`/container/${id}/filebynum/1`)).arrayBuffer());
    const range = await ask(`/container/${id}/file/home/results/random.bin`, { headers: { range: 'bytes=-100' } });
    expect([range.status, Buffer.from(await range.arrayBuffer()).equals(random.subarray(-100))]).toEqual([206, true]);
    const unpacked = mkdtempSync(join(folder, 'unpacked-'));
    execFileSync('tar', ['-x', '-C', unpacked], { input: Buffer.from(await (await ask(`/container/${id}/archive`)).arrayBuffer()) });
    expect(readFileSync(join(unpacked, 'home/results/random.bin')).equals(random)).toBe(true);
    expect(readFileSync(join(unpacked, 'in/changed'), 'utf8')).toBe('2\nmore\n');
    expect(await (await ask(`/container/${id}/script`)).text()).toBe(script);
    expect((await ask(`/container/${id}/`, { method: 'DELETE' })).status).toBe(202);
    await until(async () => (await ask(`/container/${id}/`)).status === 404, { what: () => 'the container to be gone' });
    await until(() => !existsSync(join(mooring.data, 'jobs', id)), { what: () => 'its script to be gone' });
    expect(readdirSync(join(mooring.data, 'containers', 'containers'))).toEqual([]);
  }, 60_000);

  it('is told by its own output where a script or data can not be had', async () => {
    const wrong = await post('/container/', { image_name: 'mooring/demo', scripturl: 'http://169.254.169.254/latest' });
    expect([wrong.status, ((await wrong.json()) as { errors: { field: string }[] }).errors[0]?.field]).toEqual([403, 'scripturl']);
    const [good, bad] = await Promise.all([
      create({ scripturl: served('/script') }),
      create({ scripturl: 'http://localhost.localdomain.invalid/x' }),
    ]);
    await Promise.all([ended(good.id), ended(bad.id)]);
    expect(await output(good.id)).toBe('fetched\n');
    expect(await output(bad.id)).toMatch(/^mooring: http:\/\/localhost\.localdomain\.invalid\/x can't be fetched/);
  }, 60_000);

  it('waits for the containers that its environment names', async () => {
    const env = { WHERE: '{{ containers.db.address }}:{{ containers.db.port.5432 }}' };
    const client = await create({ name: 'client', script: base64('#!/bin/sh\necho "$WHERE"\n'), env });
    const cycle = await post('/container/', {
      image_name: 'mooring/demo',
      name: 'db',
      script: base64('x'),
      env: { C: '{{ containers.client.address }}' },
    });
    expect([cycle.status, ((await cycle.json()) as { code: string }).code]).toEqual([409, 'cycle']);
    const db = await create({ name: 'db', script: base64('#!/bin/sh\nexec sleep 100\n'), ports: [5432], ttl: 8 });
    await ended(client.id);
    const used = (await (await ask(`/container/${db.id}/metrics`)).json()) as { now: { memoryBytes: number }; series: unknown[] };
    expect([used.now.memoryBytes > 0, used.series.length > 0]).toEqual([true, true]);
    expect(await output(client.id)).toMatch(/^127\.\d+\.\d+\.\d+:5432\n$/);
    await until(async () => (await ask(`/container/${db.id}/`)).status === 404, { withinMs: 30_000, what: () => 'its time to be over' });
  }, 60_000);

  it('is nobody else’s', async () => {
    const { id } = await create({ script: base64('#!/bin/sh\necho mine > file\n') });
    const alice = new Person(origin(), 'alice');
    await alice.signIn();
    for (const path of ['', 'state', 'stdout', 'script', 'changes', 'file', 'file/home/file', 'filebynum/0', 'archive'])
      expect((await alice.ask(`/v1/container/${id}/${path}`)).status).toBe(404);
    expect((await alice.ask(`/v1/container/${id}/`, { method: 'DELETE' })).status).toBe(404);
    expect((await alice.ask('/v1/container/')).text).toBe('[]');
    const hers = await alice.ask('/v1/container/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ image_name: 'mooring/demo', script: base64('#!/bin/sh\ntrue\n') }),
    });
    expect(hers.status).toBe(201);
    expect((await ask(`/container/${hers.json().id as string}/`)).status).toBe(200);
    const [header, claims, signature = ''] = token.split('.');
    const forged = `${header}.${claims}.${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${claims}.`;
    for (const bad of [forged, none, refresh])
      expect([401, 403]).toContain((await ask('/container/', { headers: { authorization: `Bearer ${bad}` } })).status);
    expect((await post('/auth/login', { username: 'admin', password: 'admin' })).status).toBe(401);
    expect((await post('/auth/refresh', { refresh_token: token })).status).toBe(401);
    const again = (await (await post('/auth/refresh', { refresh_token: refresh })).json()) as { token: string };
    noteSecret(again.token);
    expect((await ask('/container/', { headers: { authorization: `Bearer ${again.token}` } })).status).toBe(200);
  }, 60_000);

  it(`runs ${MANY} scripts at once`, async () => {
    const one = async (number: number) => {
      const { id } = await create({ script: base64('#!/bin/sh\necho "$1 of many" | tee out\n'), container_args: [String(number)] });
      return id;
    };
    const ids = await Promise.all(Array.from({ length: MANY }, (_, number) => one(number)));
    await until(
      async () => {
        const all = new Map(((await (await ask('/container/')).json()) as View[]).map(({ id, phase }) => [id, phase]));
        return ids.every((id) => all.get(id) === 'Stopped');
      },
      { withinMs: 60_000, everyMs: 500, what: () => 'all of them to end' },
    );
    const said = await Promise.all(ids.map(async (id) => [await output(id), await (await ask(`/container/${id}/file/home/out`)).text()]));
    expect(said).toEqual(ids.map((_, number) => [`${number} of many\n`, `${number} of many\n`]));
  }, 90_000);

  it('is as it describes itself', async () => {
    const said = await schemathesis({
      url: `${origin()}/v1/openapi.json`,
      args: ['--header', `Authorization: Bearer ${token}`, '--exclude-path', '/v1/auth/logout', '--phases', 'examples,fuzzing'],
      withinMs: 60_000,
    });
    expect(said).toMatch(/Tested: 15/);
  }, 90_000);
});
