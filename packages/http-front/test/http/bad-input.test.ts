import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { as, localProvider, PAGE_HEADERS, type TestFront, testFront } from '../support/front.js';

let front: TestFront;
beforeEach(async () => {
  front = await testFront();
});
afterEach(() => front.app.close());

const JSON_PROBLEM = 'application/problem+json; charset=utf-8';

async function listen(): Promise<number> {
  await front.app.listen({ host: '127.0.0.1', port: 0 });
  const address = front.app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Sends bytes as they are and reads until the other side closes. */
async function raw(text: string): Promise<string> {
  const port = await listen();
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

describe('bad input', () => {
  it.each([
    ['a broken percent-encoding', '/narrative/%zz', 400],
    ['a NUL', '/narrative/a%00b', 400],
    ['a NUL in the query', '/narrative/?a=%00', 400],
    ['markup in the path', '/narrative/"><script>', 400],
    ['markup in the path, in percent', '/narrative/%22%3e%3Cscript%3E?x=1', 400],
    ['a path of 9 kB', `/narrative/${'a'.repeat(9_000)}`, 414],
    ['an unknown path', '/elsewhere', 404],
    ['a path that only begins alike', '/narratives/', 404],
    ['the sign-in page, where there is none', '/login', 404],
    ['the root, where there is none', '/', 404],
    ['metrics on the public side', '/metrics', 404],
    ['routes on the public side', '/traefik/config', 404],
  ])('%s: a clear 4xx, as JSON and as a page, and nothing is started', async (_what, url, status) => {
    const json = await front.app.inject(as('ada', { url, headers: { accept: 'application/json' } }));
    expect(json.statusCode).toBe(status);
    expect(json.headers['content-type']).toBe(JSON_PROBLEM);
    expect(json.headers['mooring-front']).toBe('1');
    expect(json.json()).toMatchObject({ status, title: expect.any(String), detail: expect.any(String), code: expect.any(String) });
    const page = await front.app.inject(as('ada', { url, headers: PAGE_HEADERS }));
    expect(page.statusCode).toBe(status);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(front.store.all()).toEqual([]);
  });

  it('takes no 64 kB cookie', async () => {
    const answer = await raw(`GET /narrative/ HTTP/1.1\r\nHost: x\r\nCookie: a=${'b'.repeat(64 * 1024)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('mooring-front: 1');
    expect(answer).toContain('"code":"headers-too-large"');
  });

  it('says of an address that alone fills the headers that it is too long', async () => {
    expect(await raw(`GET /narrative/${'a'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(/^HTTP\/1\.1 414 /);
  });

  it('answers what isn’t HTTP', async () => {
    const answer = await raw('HELLO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('application/problem+json');
  });

  it('refuses a websocket that reaches it', async () => {
    const answer = await raw(
      'GET /narrative/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/retry-after: 5/i);
  });

  it('reads a large save to its end and still refuses it', async () => {
    const port = await listen();
    const answer = await fetch(`http://127.0.0.1:${port}/narrative/api/contents/a`, { method: 'PUT', body: Buffer.alloc(5 * 1024 * 1024) });
    expect(answer.status).toBe(503);
  });

  it('says of markup in a path what it is before anybody signs in, and of a save that nothing is here', async () => {
    expect((await front.app.inject({ url: '/narrative/%3Cscript%3E', headers: PAGE_HEADERS })).statusCode).toBe(400);
    expect((await front.app.inject(as('ada', { method: 'PUT', url: '/narrative/api/contents/a%3Cb' }))).statusCode).toBe(503);
    expect((await front.app.inject(as('ada', { url: '/narrative/?a=%3Cb%3E', headers: PAGE_HEADERS }))).statusCode).toBe(201);
  });

  it('keeps secrets out of the log', async () => {
    const token = 'token-hush-hush';
    await front.app.inject({
      url: `/narrative/x?token=${token}`,
      headers: { ...PAGE_HEADERS, authorization: token },
      cookies: { kbase_session: token },
    });
    await front.app.inject({ url: `/narrative/%zz?token=${token}`, cookies: { kbase_session: token } });
    await front.app.inject({ url: '/narrative/', headers: PAGE_HEADERS, cookies: { kbase_session: 'down' } });
    const [session] = front.store.all();
    expect(front.logs()).toContain('"path":"/narrative/x"');
    expect(front.logs()).toContain('"status":503');
    expect(front.logs()).not.toContain('hush');
    expect(front.logs()).not.toContain(await front.store.secret(session?.metadata.uid ?? ''));
  });

  it('makes no fuss of what is to be expected', async () => {
    await front.app.inject(as('ada', { method: 'PUT' }));
    expect(front.logs()).toContain('"door":"background"');
    expect(front.logs()).not.toMatch(/"level":[4-6]0/);
  });

  it('hides what went wrong inside, but logs it', async () => {
    front.store.beforeWrite = () => {
      throw new Error('disk full at /var/lib');
    };
    const answer = await front.app.inject(as('ada'));
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('disk full');
    expect(front.logs()).toContain('disk full');
  });
});

describe('the body of a sign-in', () => {
  it.each([
    ['JSON', 'application/json', '{"user":"ada"}', 415],
    ['no type', undefined, 'user=ada', 415],
    ['too long', 'application/x-www-form-urlencoded', `user=${'a'.repeat(20_000)}`, 413],
  ])('%s is refused', async (_what, type, payload, status) => {
    const local = await testFront({ local: localProvider() });
    const headers = type === undefined ? {} : { 'content-type': type };
    const answer = await local.app.inject({ method: 'POST', url: '/login', headers, payload });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe(JSON_PROBLEM);
    await local.app.close();
  });
});

describe('settings that make no sense', () => {
  it('are named', async () => {
    await expect(testFront({ settings: { trustedProxies: ['10.0.0.0/99'] } })).rejects.toThrow('10.0.0.0/99');
    await expect(testFront({ settings: { containerName: 'notebook' } })).rejects.toThrow('"notebook"');
  });
});
