import { type ClientRequestArgs, type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noteSecret } from '../../../../leaks/watch.js';
import { JSON_HEADERS, localProvider, PAGE_HEADERS, type TestFront, type TestFrontOptions, testFront } from '../support/front.js';

const NAME = 'narrative-ada-e4ea29';
const identity = localProvider();
const token = identity.issue('ada');
noteSecret(token);
const KNOWN = { ...PAGE_HEADERS, cookie: `kbase_session=${token}` };

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

let front: TestFront;
/** Targets of the requests that came as far as Fastify. */
let left: string[];
/** What happens once the front has been told to close, and before it does. */
let whileClosing: () => Promise<void>;

async function listening(options: TestFrontOptions = {}): Promise<void> {
  front = await testFront({ identity, ...options });
  left = [];
  front.app.addHook('onRequest', async ({ raw }) => {
    left.push(raw.url ?? '');
  });
  front.app.addHook('preClose', () => whileClosing());
  await front.app.listen({ host: '127.0.0.1', port: 0 });
}

function ask(path: string, { headers = KNOWN, ...more }: ClientRequestArgs = {}): Promise<Answer> {
  const { port } = front.app.server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false, ...more }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      answer.once('end', () => {
        for (const cookie of answer.headers['set-cookie'] ?? []) noteSecret(/=([^;]+)/.exec(cookie)?.[1]);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
      });
    });
    sent.once('error', reject).end();
  });
}

/** Ada has a session that is ready, and whose secret is known. */
async function readyFront(options: TestFrontOptions = {}): Promise<void> {
  await listening(options);
  await ask('/narrative/');
  front.store.makeReady(NAME);
  await ask('/narrative/');
  left.length = 0;
}

const metric = async (name: string) => (await front.registry.metrics()).split('\n').find((line) => line.startsWith(`${name} `));
const lastLine = () => JSON.parse(front.logs().trim().split('\n').at(-1) ?? '{}');

beforeEach(() => {
  left = [];
  whileClosing = async () => {};
});
afterEach(() => front.app.close());

describe('a page of somebody who is known and whose session is ready', () => {
  it('is answered before Fastify, as Fastify would answer it, and is counted and logged like it', async () => {
    await readyFront();
    const early = await ask('/narrative/tree?x=1&y=2');
    expect(left).toEqual([]);
    expect(early.status).toBe(201);
    expect(early.body).toContain('data-phase="Ready"');
    const line = lastLine();
    const before = await metric('mooring_front_requests_total{door="narrative",code="201"}');
    const { headers, statusCode, body } = await front.app.inject({
      url: '/narrative/tree?x=1&y=2',
      headers: { host: 'localhost', ...KNOWN },
    });
    expect(left).toHaveLength(1);
    const timeless = ({ date: _date, connection: _connection, 'x-request-id': _id, ...others }: Record<string, unknown>) => others;
    expect({ ...timeless(early.headers), 'set-cookie': [early.headers['set-cookie']].flat() }).toEqual({
      ...timeless(headers),
      'set-cookie': [headers['set-cookie']].flat(),
    });
    expect(statusCode).toBe(early.status);
    expect(body.replace(/data-now="\d+"/, '')).toBe(early.body.replace(/data-now="\d+"/, ''));
    const { time: _time, ms, reqId, ...said } = lastLine();
    expect(line).toMatchObject({ ...said, ms: expect.any(Number), reqId: expect.stringMatching(/^[0-9a-f]{10}-\w+$/) });
    expect(line.reqId).not.toBe(reqId);
    expect([early.headers['x-request-id'], headers['x-request-id']]).toEqual([line.reqId, reqId]);
    expect(ms).toEqual(expect.any(Number));
    expect(before).toMatch(/ 3$/);
    expect(await metric('mooring_front_requests_total{door="narrative",code="201"}')).toMatch(/ 4$/);
    expect(await metric('mooring_front_request_duration_seconds_count{door="narrative"}')).toMatch(/ 4$/);
    expect(await metric('mooring_identity_lookups_total{provider="local",result="accepted"}')).toMatch(/ 4$/);
  });

  it('is answered in its turn where requests are pipelined, whoever answers each', async () => {
    await readyFront();
    const socket = connect((front.app.server.address() as AddressInfo).port, '127.0.0.1');
    const lines = (path: string, more: string) =>
      [`GET ${path} HTTP/1.1`, 'Host: localhost', ...Object.entries(KNOWN).map((header) => header.join(': ')), more, ''].join('\r\n');
    const paths = ['/narrative/a', '/narrative/b%20', '/narrative/c', '/nowhere', '/narrative/d'];
    socket.end(paths.map((path, index) => lines(path, index === paths.length - 1 ? 'Connection: close\r\n' : '')).join(''));
    const all = await readAll(socket);
    for (const [, secret] of all.matchAll(/^Set-Cookie: [^=]+=([^;]+)/gim)) noteSecret(secret);
    expect(all.match(/^HTTP\/1\.1 \d+|data-target="[^"]+"/gm)).toEqual([
      ...['HTTP/1.1 201', 'data-target="/narrative/a"', 'HTTP/1.1 201', 'data-target="/narrative/b%20"'],
      ...['HTTP/1.1 201', 'data-target="/narrative/c"', 'HTTP/1.1 404', 'HTTP/1.1 201', 'data-target="/narrative/d"'],
    ]);
    expect(left).toEqual(['/narrative/b%20', '/nowhere']);
  });

  it('is marked Secure, with Strict-Transport-Security, where a trusted proxy says https', async () => {
    await readyFront();
    const headers = { ...KNOWN, 'x-forwarded-proto': 'https' };
    const trusted = await ask('/narrative/', { headers });
    expect(trusted.headers['strict-transport-security']).toBeDefined();
    expect(trusted.headers['set-cookie']?.[0]).toMatch(/; Secure/);
    await front.app.close();
    await readyFront({ settings: { trustedProxies: ['192.0.2.1'] } });
    const untrusted = await ask('/narrative/', { headers });
    expect(left).toEqual([]);
    expect(untrusted.headers['strict-transport-security']).toBeUndefined();
    expect(untrusted.headers['set-cookie']?.[0]).not.toMatch(/; Secure/);
  });

  it('counts against the rates of person and address, beyond which Fastify’s refuse it, counted once', async () => {
    const clock = { now: 1_000_000_000_000 };
    await readyFront({ now: () => clock.now, settings: { rates: { person: 3, address: 100 } } });
    expect((await ask('/narrative/')).status).toBe(201);
    expect(left).toEqual([]);
    const refused = await ask('/narrative/');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect(left).toHaveLength(1);
    expect(await metric('mooring_front_refused_total{limit="person"}')).toMatch(/ 1$/);
    clock.now += 60_000;
    await front.app.close();
    await readyFront({ settings: { rates: { address: 3 } } });
    expect((await ask('/narrative/')).status).toBe(201);
    expect((await ask('/narrative/', { headers: { ...KNOWN, 'x-forwarded-for': '192.0.2.9' } })).status).toBe(201);
    expect(left).toEqual([]);
    expect((await ask('/narrative/')).status).toBe(429);
  });
});

describe('everything else is Fastify’s', () => {
  it('what isn’t a plain page of theirs', async () => {
    await readyFront();
    /** Status, and whether it was Fastify's: what is refused by an earlier hook is not seen. */
    const seen = async (path: string, options?: ClientRequestArgs) => {
      const { status } = await ask(path, options);
      const { length } = left.splice(0);
      return status < 400 ? [status, length] : status;
    };
    const page = (more: ClientRequestArgs['headers']): ClientRequestArgs => ({
      headers: { ...KNOWN, ...more } as NonNullable<typeof more>,
    });
    expect(await seen('/narrative/x')).toEqual([201, 0]);
    expect(await seen('/narrative', {})).toEqual([201, 0]);
    expect(await seen('/narrative/x', { headers: { ...JSON_HEADERS, cookie: KNOWN.cookie } })).toEqual([200, 1]);
    expect(await seen('/narrative/x', { method: 'PUT' })).toBe(503);
    expect(await seen('/narrative/x', { method: 'HEAD' })).toBe(503);
    expect(await seen('/narrative/x', page({ 'sec-fetch-mode': 'cors' }))).toBe(503);
    expect(await seen('/narrative/x', page({ upgrade: 'websocket', connection: 'upgrade' }))).toBe(503);
    expect(await seen('/narrative/a%20b')).toEqual([201, 1]);
    expect(await seen('/narrative/%zz')).toBe(400);
    expect(await seen('/narrative/%3Cb%3E')).toBe(400);
    expect(await seen('/narrativex')).toBe(404);
    expect(await seen('/narrative/x', page({ cookie: 'kbase_session=v1.made.up' }))).toBe(403);
    expect(await seen('/narrative/x', { headers: PAGE_HEADERS })).toEqual([302, 1]);
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x-${index}`, '1']));
    expect(await seen('/narrative/x', page(many))).toBe(431);
    expect(await seen(`/narrative/${'x'.repeat(8_200)}`)).toBe(414);
  });

  it('pages of sessions that aren’t ready, or are let go', async () => {
    await readyFront();
    front.store.mark(NAME, Date.now() - 1_000);
    expect((await ask('/narrative/')).body).toContain('Your notebook');
    expect(left).toHaveLength(1);
    expect(front.store.all()[0]?.metadata.annotations['mooring.dev/wanted-at']).toMatch(/^20\d\d-/);
  });

  it('what comes while the front closes: it says so', async () => {
    await readyFront();
    const answers: Answer[] = [];
    whileClosing = async () => {
      answers.push(await ask('/narrative/', { headers: { ...KNOWN, connection: 'keep-alive' } }));
    };
    expect((await ask('/narrative/', { headers: { ...KNOWN, connection: 'keep-alive' } })).headers.connection).toBe('keep-alive');
    expect(left).toEqual([]);
    await front.app.close();
    expect(left).toEqual(['/narrative/']);
    expect(answers.map(({ status, headers }) => [status, headers.connection])).toEqual([[201, 'close']]);
  });
});
