import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { extract } from 'tar-stream';
import { noteSecret } from '../../../../leaks/watch.js';
import { by, type ContainersFront, containersFront } from '../support/containers-front.js';
import { until } from '../support/until.js';

const SCRIPT = '#!/bin/sh\necho hello\n';
const base64 = (content: string): string => Buffer.from(content).toString('base64');
const JOB = { image_name: 'mooring/demo', script: base64(SCRIPT) };

let front: ContainersFront;
beforeEach(async () => {
  front = await containersFront({ settings: { statusRole: 'ops' } });
});
afterEach(() => front.dispose());

const get = (path: string, user = 'ada', headers: Record<string, string> = {}) =>
  front.app.inject(by(user, { url: `/v1/container/${path}`, headers }));
const post = (payload: object, user = 'ada') => front.app.inject(by(user, { method: 'POST', url: '/v1/container/', payload }));

/** A multipart form as a browser or curl writes it. */
function form(fields: Record<string, string>, file?: { name: string; content: string }) {
  const parts = Object.entries(fields).map(([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`);
  if (file)
    parts.push(
      `Content-Disposition: form-data; name="${file.name}"; filename="x.sh"\r\nContent-Type: application/octet-stream\r\n\r\n${file.content}`,
    );
  const payload = `${parts.map((part) => `--frontier\r\n${part}\r\n`).join('')}--frontier--\r\n`;
  return front.app.inject(
    by('ada', { method: 'POST', url: '/v1/container/', payload, headers: { 'content-type': 'multipart/form-data; boundary=frontier' } }),
  );
}

describe('creating', () => {
  it('takes the fields of a form by their names', async () => {
    const made = await form(
      {
        image_name: 'Registry.example:5000/lab/tool_1.x',
        image_tag: '3',
        scriptname: 'work.sh',
        dataurl: 'https://data.example/a.zip',
        datapath: '/in',
        container_args: 'one two',
        name: 'first',
        env: '{"A": "b c"}',
        ports: '80, 8080',
        permanent: 'true',
        ttl: '60',
      },
      { name: 'script', content: SCRIPT },
    );
    expect(made.statusCode).toBe(201);
    const view = made.json() as { id: string };
    expect(made.headers.location).toBe(`/v1/container/${view.id}/`);
    expect(view).toMatchObject({
      owner: 'ada',
      image_name: 'Registry.example:5000/lab/tool_1.x',
      image_tag: '3',
      scriptname: 'work.sh',
      datapath: '/in',
      container_args: ['one', 'two'],
      name: 'first',
      env: { A: 'b c' },
      ports: [80, 8080],
      permanent: true,
      phase: 'Pending',
      expires: '1970-01-01T00:01:00.000Z',
    });
    expect((await get(`${view.id}/script`)).body).toBe(SCRIPT);
    const [session] = front.store.all();
    expect(session?.spec).toMatchObject({ owner: { name: 'ada' }, route: { type: 'none' }, restartPolicy: 'Always', ttlSeconds: 60 });
    expect(session?.spec.launch).toMatchObject({ image: 'Registry.example:5000/lab/tool_1.x:3', capDrop: ['MKNOD'] });
    expect(JSON.stringify(session)).not.toContain('data.example');
  });

  it.each([
    [{ image_name: 'a b' }, 400, 'image_name'],
    [{ image_name: 'x:1' }, 400, 'image_name'],
    [{ image_name: 'registry.example/Tool' }, 400, 'image_name'],
    [{ image_name: 'registry.example//tool' }, 400, 'image_name'],
    [{ image_tag: '?' }, 400, 'image_tag'],
    [{ script: 'no base64!' }, 400, 'script'],
    [{ script: undefined }, 400, 'script'],
    [{ scripturl: 'https://example.org/s' }, 400, 'script'],
    [{ script: undefined, scripturl: 'ftp://example.org/s' }, 400, 'scripturl'],
    [{ script: undefined, scripturl: 'http://10.1.2.3/s' }, 403, 'scripturl'],
    [{ dataurl: 'http://[::1]/d' }, 403, 'dataurl'],
    [{ dataurl: 'https://me:pw@example.org/d' }, 403, 'dataurl'],
    [{ scriptname: '../x' }, 400, 'scriptname'],
    [{ datapath: '/a/../b' }, 400, 'datapath'],
    [{ env: { 'A B': '1' } }, 400, 'env'],
    [{ env: { A: '{{ secrets.x }}' } }, 400, 'env'],
    [{ ports: [0] }, 400, 'ports'],
    [{ ttl: 0 }, 400, 'ttl'],
    [{ unknown: 1 }, 400, 'unknown'],
  ])('refuses %j, and names the field', async (body, status, field) => {
    const answer = await post({ ...JOB, ...body });
    expect(answer.statusCode).toBe(status);
    expect((answer.json() as { errors: { field: string }[] }).errors.map((error) => error.field.replaceAll(/[[.].*/g, ''))).toContain(
      field,
    );
    expect(front.store.all()).toEqual([]);
  });

  it('refuses what is too long, or no form', async () => {
    expect((await post({ ...JOB, script: base64('x'.repeat(1025)) })).json()).toMatchObject({ status: 413, code: 'script-too-large' });
    expect((await form({ image_name: 'a' }, { name: 'script', content: 'x'.repeat(1025) })).statusCode).toBe(413);
    const long = (await post({ ...JOB, script: base64('x'.repeat(200_000)) })).json() as { code: string; detail: string };
    expect([long.code, long.detail]).toEqual(['body-too-large', expect.stringMatching(/ than the \d{6} bytes /)]);
    expect((await form({ image_name: 'a' }, { name: 'other', content: 'x' })).json()).toMatchObject({ status: 400, code: 'bad-form' });
    expect((await form({ image_name: 'a', env: '{' }, { name: 'script', content: 'x' })).json()).toMatchObject({ code: 'bad-form' });
  });

  it('gives every container what the site says, unless it asks for something else', async () => {
    await front.dispose();
    front = await containersFront({ containers: { env: { http_proxy: 'http://squid:3128' } } });
    expect((await post({ ...JOB, env: { A: '1' } })).json()).toMatchObject({ env: { http_proxy: 'http://squid:3128', A: '1' } });
    expect((await post({ ...JOB, env: { http_proxy: '' } })).json()).toMatchObject({ env: { http_proxy: '' } });
  });

  it('writes down which request asked for a container, or its end, and says so, also where it gets none', async () => {
    const made = await post(JOB);
    const { id } = made.json();
    const asked = () =>
      front.store.all().find(({ metadata }) => metadata.name === `container-${id}`)?.metadata.annotations['mooring.dev/request-id'];
    expect(asked()).toBe(made.headers['x-request-id']);
    const ended = await front.app.inject(by('ada', { method: 'DELETE', url: `/v1/container/${id}/` }));
    expect([ended.statusCode, asked()]).toEqual([202, ended.headers['x-request-id']]);
    const refused = await post({ ...JOB, image_name: '' });
    expect([refused.statusCode, refused.json().requestId]).toEqual([400, refused.headers['x-request-id']]);
  });

  it('keeps names apart for each owner, and sees circles', async () => {
    const needs = (name: string) => ({ HOST: `{{ containers.${name}.address }}` });
    expect((await post({ ...JOB, name: 'a', env: needs('b') })).statusCode).toBe(201);
    expect((await post({ ...JOB, name: 'a' })).json()).toMatchObject({ status: 409, code: 'name-taken' });
    expect((await post({ ...JOB, name: 'b', env: needs('a') })).json()).toMatchObject({ status: 409, code: 'cycle' });
    expect((await post({ ...JOB, name: 'c', env: needs('c') })).json()).toMatchObject({ status: 409, code: 'cycle' });
    expect((await post({ ...JOB, name: 'b', env: needs('a') }, 'eve')).statusCode).toBe(201);
  });
});

describe('a container', () => {
  it('asked too early says that it has not started', async () => {
    const { id } = (await post(JOB)).json() as { id: string };
    expect((await get(`${id}/state`)).json()).toEqual({
      fleet_state: { name: id, activeState: 'inactive', loadState: 'not-found', subState: 'not started' },
      docker_state: { Status: 'not started' },
    });
    for (const path of ['stdout', 'changes', 'file', 'file/a', 'filebynum/0', 'archive', 'metrics']) {
      const answer = await get(`${id}/${path}`);
      expect([path, answer.statusCode, (answer.json() as { code: string }).code]).toEqual([path, 409, 'not-started']);
    }
  });

  it('is given its script, environment and marker, in this order', async () => {
    await front.running('ada', { env: { PLAIN: 'x' }, scriptname: 'work.sh' });
    await front.files.marked;
    expect(front.files.put).toEqual(['/.mooring/bin/work.sh', '/.mooring/go']);
    expect(front.files.files.get('/.mooring/bin/work.sh')?.toString()).toBe('#!/bin/sh\n');
  });

  it('that waits for another, or whose host can not be asked yet, says so', async () => {
    const view = async (id: string) => (await get(`${id}/`)).json() as { message?: string };
    const id = await front.running('ada', { env: { DB: '{{ containers.db.address }}' } });
    await until(async () => (await view(id)).message?.includes('container "db"') === true);
    front.files.fail('Unavailable', "the satellite of the host node-7 doesn't answer");
    const other = await front.running('ada', { name: 'db' });
    await until(async () => (await view(other)).message?.includes('node-7') === true);
    front.files.trouble = undefined;
    await front.files.marked;
    await until(async () => (await view(other)).message === undefined && (await view(id)).message === undefined);
    expect(((await get('')).json() as object[]).filter((each) => 'message' in each)).toEqual([]);
  });

  it('gives its output whole, in parts, and while it comes', async () => {
    const id = await front.running('ada');
    front.files.output = '0123456789';
    const whole = await get(`${id}/stdout`);
    expect([whole.statusCode, whole.headers['content-type'], whole.body]).toEqual([200, 'text/plain; charset=utf-8', '0123456789']);
    for (const [range, said, body] of [
      ['bytes=2-4', 'bytes 2-4/10', '234'],
      ['bytes=-3', 'bytes 7-9/10', '789'],
      ['bytes=8-', 'bytes 8-9/10', '89'],
    ] as const) {
      const part = await get(`${id}/stdout`, 'ada', { range });
      expect([part.statusCode, part.headers['content-range'], part.body]).toEqual([206, said, body]);
    }
    expect((await get(`${id}/stdout`, 'ada', { range: 'bytes=10-' })).statusCode).toBe(416);
    expect((await get(`${id}/stdout?follow=true`)).body).toBe('0123456789');
    const events = await get(`${id}/stdout?follow=true`, 'ada', { accept: 'text/event-stream', 'last-event-id': '4' });
    expect([events.headers['content-type'], events.body]).toEqual([
      'text/event-stream; charset=utf-8',
      'id: 10\ndata: 456789\n\nevent: end\ndata:\n\n',
    ]);
    expect((await get(`${id}/stdout`, 'ada', { accept: 'text/event-stream' })).headers['content-type']).toMatch('text/plain');
    expect((await get(`${id}/stdout?follow=maybe`)).statusCode).toBe(400);
  });

  it('is followed from its start on by who asks before, on its host too', async () => {
    const { id } = (await post(JOB)).json() as { id: string };
    front.files.output = 'late';
    front.files.fail('NotFound', 'it is not here yet');
    front.files.whenAsked = (times) => {
      if (times === 3) front.files.trouble = undefined;
    };
    const following = get(`${id}/stdout?follow=true`);
    front.store.change(`container-${id}`, ({ status }) => {
      status.container = { id: '1i1', name: 'r-1', state: 'running' };
    });
    expect((await following).body).toBe('late');
    const other = (await post(JOB)).json() as { id: string };
    const gone = get(`${other.id}/stdout?follow=true`);
    await front.app.inject(by('ada', { method: 'DELETE', url: `/v1/container/${other.id}/` }));
    expect((await gone).json()).toMatchObject({ code: 'not-started' });
  });

  it('is not waited for where the container has ended and its host has it no more', async () => {
    const { id } = (await post(JOB)).json() as { id: string };
    front.files.fail('NotFound', 'it is gone');
    let asked = 0;
    front.files.whenAsked = () => {
      asked += 1;
    };
    front.store.change(`container-${id}`, ({ status }) => {
      status.container = { id: '1i1', name: 'r-1', state: 'stopped' };
    });
    const gone = await get(`${id}/stdout?follow=true`);
    expect([gone.statusCode, gone.json().code, asked]).toEqual([409, 'not-started', 1]);
  });

  it('tells and gives what it made', async () => {
    const id = await front.running('ada');
    front.files.files.clear();
    front.files.files.set('/out/a b.html', Buffer.from('<script>'));
    front.files.changed = [
      { path: '/etc/gone', kind: 'deleted' },
      { path: '/etc/known', kind: 'changed' },
      { path: '/out/a b.html', kind: 'added' },
    ];
    expect((await get(`${id}/changes`)).json()).toEqual([
      { Path: '/etc/gone', Kind: 2 },
      { Path: '/etc/known', Kind: 0 },
      { Path: '/out/a b.html', Kind: 1 },
    ]);
    expect((await get(`${id}/file`)).json()).toEqual(['/etc/known', '/out/a b.html']);
    const file = await get(`${id}/file/out/a%20b.html`, 'ada', { range: 'bytes=1-' });
    expect([file.statusCode, file.body, file.headers['content-type'], file.headers['content-range']]).toEqual([
      206,
      'script>',
      expect.stringContaining('text/html'),
      'bytes 1-7/8',
    ]);
    expect([file.headers['content-security-policy'], file.headers['content-disposition']]).toEqual([
      "default-src 'none'; sandbox",
      "attachment; filename*=UTF-8''a%20b.html",
    ]);
    expect((await get(`${id}/filebynum/1`)).body).toBe('<script>');
    expect((await get(`${id}/filebynum/2`)).json()).toMatchObject({ status: 404, code: 'no-file' });
    const unpack = extract();
    Readable.from([(await get(`${id}/archive`)).rawPayload]).pipe(unpack as never);
    for await (const entry of unpack)
      expect([entry.header.name, await text(Readable.from([await buffer(entry as unknown as AsyncIterable<Buffer>)]))]).toEqual([
        'out/a b.html',
        '<script>',
      ]);
  });

  it('tells what it uses, disks too, while it runs', async () => {
    const id = await front.running('ada');
    const used = { at: '2030-01-02T03:04:05Z', cpuNanoseconds: 5, memoryBytes: 6, block: { readBytes: 7, writtenBytes: 8 } };
    expect((await get(`${id}/metrics`)).json()).toEqual({ now: used, series: [used] });
  });

  it('on a host that does not answer is told with the host’s name', async () => {
    const id = await front.running('ada');
    front.files.fail('Unavailable', "the satellite of the host node-7 doesn't answer");
    for (const path of ['state', 'stdout', 'changes', 'file/a', 'archive'])
      expect((await get(`${id}/${path}`)).json()).toMatchObject({ status: 503, detail: expect.stringContaining('node-7') });
    front.files.fail('PathRefused', 'path: it leads out of the container');
    expect((await get(`${id}/file/..%2f..%2fetc%2fpasswd`)).statusCode).toBe(403);
  });

  it('goes with its script', async () => {
    const id = await front.running('ada');
    expect((await front.app.inject(by('ada', { method: 'DELETE', url: `/v1/container/${id}/` }))).statusCode).toBe(202);
    expect(front.store.all()[0]?.metadata.deletionTimestamp).toBeDefined();
    front.store.remove(`container-${id}`);
    expect((await get(`${id}/`)).statusCode).toBe(404);
  });
});

describe('who may', () => {
  const PATHS = [
    '',
    'state',
    'stdout',
    'script',
    'changes',
    'metrics',
    'file',
    'file/a',
    'filebynum/0',
    'archive',
    'proxy/80/',
    'proxy/80/x',
  ];

  it('is its owner, and administrators', async () => {
    const id = await front.running('ada', { ports: [80] }, '127.0.0.1');
    for (const path of PATHS) expect([path, (await get(`${id}/${path}`, 'eve')).statusCode]).toEqual([path, 404]);
    expect((await front.app.inject(by('eve', { method: 'DELETE', url: `/v1/container/${id}/` }))).statusCode).toBe(404);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'] as const)
      expect((await front.app.inject(by('eve', { method, url: `/v1/container/${id}/proxy/80/x` }))).statusCode).toBe(404);
    for (const path of PATHS)
      expect([path, (await front.app.inject({ url: `/v1/container/${id}/${path}` })).statusCode]).toEqual([path, 401]);
    expect((await get('', 'eve')).json()).toEqual([]);
    const { token } = (
      await front.app.inject({ method: 'POST', url: '/v1/auth/login', payload: { username: 'admin', password: front.password } })
    ).json() as { token: string };
    noteSecret(token);
    const listed = await front.app.inject({ url: '/v1/container', headers: { authorization: `JWT ${token}` } });
    expect((listed.json() as { id: string }[]).map((each) => each.id)).toEqual([id]);
  });

  it('is nobody whose token is over or made up, and that is shown to nobody else', async () => {
    const before = Date.now();
    await front.dispose();
    const clock = { now: before };
    front = await containersFront({ now: () => clock.now });
    const signIn = { method: 'POST', url: '/v1/auth/login', payload: { username: 'admin', password: front.password } } as const;
    const { token, refresh_token } = (await front.app.inject(signIn)).json() as { token: string; refresh_token: string };
    const [header = '', claims = '', signature = ''] = token.split('.');
    const forged = [header, claims, [...signature].reverse().join('')].join('.');
    for (const each of [token, refresh_token, forged]) noteSecret(each);
    const list = (bearer: string) => front.app.inject({ url: '/v1/container/', headers: { authorization: `Bearer ${bearer}` } });
    const refresh = () => front.app.inject({ method: 'POST', url: '/v1/auth/refresh', payload: { refresh_token } });
    expect([(await list(token)).statusCode, (await list('down')).statusCode]).toEqual([200, 503]);
    clock.now += 15 * 60_000 + 1_000;
    for (const bad of [token, refresh_token, forged]) {
      const answer = await list(bad);
      expect([answer.statusCode, answer.headers['www-authenticate'], answer.json().code]).toEqual([401, 'Bearer', 'token-rejected']);
    }
    const again = (await refresh()).json() as { token: string };
    expect((await list(again.token)).statusCode).toBe(200);
    clock.now += 12 * 3_600_000;
    expect((await refresh()).statusCode).toBe(401);
  });

  it('is described', async () => {
    const { paths } = (await front.app.inject({ url: '/v1/openapi.json' })).json() as { paths: Record<string, object> };
    expect(
      Object.entries(paths)
        .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
        .sort(),
    ).toEqual([
      'delete /v1/container/{id}/',
      'get /v1/container/',
      'get /v1/container/{id}/',
      'get /v1/container/{id}/archive',
      'get /v1/container/{id}/changes',
      'get /v1/container/{id}/file',
      'get /v1/container/{id}/file/{*}',
      'get /v1/container/{id}/filebynum/{number}',
      'get /v1/container/{id}/metrics',
      'get /v1/container/{id}/proxy/{port}/{*}',
      'get /v1/container/{id}/script',
      'get /v1/container/{id}/state',
      'get /v1/container/{id}/stdout',
      'post /v1/auth/login',
      'post /v1/auth/logout',
      'post /v1/auth/refresh',
      'post /v1/container/',
    ]);
  });
});
