import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { noteSecret } from '../leaks/watch.js';
import { violations } from './support/axe.js';
import { chromiumPath, launchBrowser } from './support/browser.js';
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

  it('does what the README says', async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const lines = (/```\n(\$ U=[^`]+)```/.exec(readme)?.[1] ?? '').split('\n');
    const isCommand = (line: string): boolean => /^(\$ | {4})/.test(line);
    const script = lines
      .filter(isCommand)
      .map((line) => line.replace(/^\$ /, ''))
      .join('\n')
      .replace('http://127.0.0.1:8083', origin())
      .replace('.mooring/', `${mooring.data}/`);
    const said = await promisify(execFile)('bash', ['-euc', script], { timeout: 30_000 });
    expect(said.stdout).toBe(`${lines.filter((line) => line !== '' && !isCommand(line)).join('\n')}\n`);
  }, 40_000);

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

  it('leads to the ports that a container exposes, with websockets, and shows it to its operators', async () => {
    const program = [
      '#!/usr/bin/env node',
      "const { createHash } = require('node:crypto'); const { writeFileSync } = require('node:fs');",
      "writeFileSync('made here.txt', 'made');",
      "const server = require('node:http').createServer((q, a) => a.end(JSON.stringify([q.url, q.headers.cookie, q.headers.authorization])));",
      "server.on('upgrade', (q, s) => { const key = createHash('sha1').update(q.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');",
      "  s.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + key + '\\r\\n\\r\\n\\x81\\x05hello', 'latin1'); });",
      "server.listen(8000, process.env.CONTAINER_ADDRESS, () => console.log('<listening>'));",
    ].join('\n');
    const { id } = await create({ script: base64(program), ports: [8000], name: 'web' });
    await until(async () => (await output(id)).includes('listening'), { withinMs: 30_000, what: () => 'it to listen' });
    expect(await (await ask(`/container/${id}/proxy/8000/x?y=1`)).json()).toEqual(['/x?y=1', null, null]);
    // The site's own entry point leads there, too.
    const through = new WebSocket(`ws://127.0.0.1:${mooring.base}/v1/container/${id}/proxy/8000/`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await new Promise((resolve, reject) => through.once('message', (data) => resolve(String(data))).once('error', reject))).toBe(
      'hello',
    );
    through.terminate();
    expect((await ask(`/container/${id}/proxy/8001/`)).status).toBe(403);
    if (chromiumPath() !== undefined) await looksAtIt(id);
    await ask(`/container/${id}/`, { method: 'DELETE' });
  }, 60_000);

  /** The dashboard of whoever runs this machine. */
  async function looksAtIt(id: string): Promise<void> {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${mooring.base + 4}/dashboard#session=container-${id}`);
      await page.locator('#tab-output').click();
      await page.locator('.lines', { hasText: '<listening>' }).waitFor();
      await page.locator('#tab-files').click();
      const file = page.locator('.files a', { hasText: '/home/made here.txt' });
      const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
      expect(readFileSync(await download.path(), 'utf8')).toBe('made');
      await page.locator('#tab-load').click();
      await page.locator('.load canvas').nth(3).waitFor();
      await page.locator('.plot[aria-label^="Memory: used"]').waitFor();
      await page.locator('.plot[aria-label^="Disks: read"]').waitFor();
      expect(await violations(page)).toEqual([]);
    } finally {
      await browser.close();
    }
  }

  it('is nobody else’s', async () => {
    const { id } = await create({ script: base64('#!/bin/sh\necho mine > file\n') });
    const alice = new Person(origin(), 'alice');
    await alice.signIn();
    for (const path of [
      '',
      'state',
      'stdout',
      'script',
      'changes',
      'file',
      'file/home/file',
      'filebynum/0',
      'archive',
      'metrics',
      'proxy/80/',
    ])
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
    expect(said).toMatch(/Tested: 16/);
  }, 90_000);
});
