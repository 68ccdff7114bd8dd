import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { as, localProvider, PAGE_HEADERS, type TestFront, testFront } from '../support/front.js';

let front: TestFront;
beforeEach(async () => {
  front = await testFront({ local: localProvider() });
});
afterEach(() => front.app.close());

const CHUNK = Buffer.alloc(64 * 1024, 'a');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const post = (payload: string, headers: Record<string, string> = {}, url = '/login') =>
  front.app.inject({ method: 'POST', url, payload, headers: { host: '127.0.0.1:8080', ...FORM, ...headers } });

describe('POST /login', () => {
  it('signs in: 303 and a token that the door takes', async () => {
    const answer = await post('user=ada');
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/narrative/');
    const [token, cleared] = answer.cookies;
    expect(token).toMatchObject({ name: 'kbase_session', httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 30 * 24 * 3600 });
    expect(cleared).toMatchObject({ name: 'narrative_session', value: '', maxAge: 0 });
    const door = await front.app.inject(as('', { cookies: { kbase_session: token?.value ?? '' } }));
    expect(door.statusCode).toBe(201);
    expect(front.store.all()[0]?.spec.owner.name).toBe('ada');
  });

  it.each([
    ['user=ada&next=%2Fnarrative%2Ftree%3Fx%3D1', '/login', '/narrative/tree?x=1'],
    ['user=ada', '/login?next=%2Fnarrative%2Flab', '/narrative/lab'],
    ['user=ada&next=%2F%2Fevil.example', '/login', '/narrative/'],
    ['user=ada&next=https%3A%2F%2Fevil.example', '/login', '/narrative/'],
    ['user=ada&next=%2F%5Cevil.example', '/login', '/narrative/'],
    ['user=ada&next=%2F%09%2Fevil.example', '/login', '/narrative/'],
    ['user=ada&next=a&next=b', '/login', '/narrative/'],
  ])('%s to %s leads to %s', async (payload, url, location) => {
    expect((await post(payload, {}, url)).headers.location).toBe(location);
  });

  it.each(['', 'user=', 'user=a%20b', 'user=%3Cscript%3E', `user=${'a'.repeat(65)}`, 'user=a&user=b', 'name=ada'])(
    'takes no %j',
    async (payload) => {
      const script = await post(payload);
      expect(script.statusCode).toBe(400);
      expect(script.headers['content-type']).toContain('application/problem+json');
      const page = await post(payload, PAGE_HEADERS);
      expect(page.statusCode).toBe(400);
      expect(page.body).toContain('<form');
      expect(page.body).toContain('role="alert"');
      expect(page.body).not.toContain('<script>');
      expect(script.headers['set-cookie'] ?? page.headers['set-cookie']).toBeUndefined();
    },
  );

  it.each([
    [FORM['content-type'], 413],
    ['text/plain', 415],
  ])('reads a large body of %s to its end before it refuses it', async (type, status) => {
    const url = await front.app.listen({ host: '127.0.0.1', port: 0 });
    const sending = request(`${url}/login`, { method: 'POST', headers: { 'content-type': type, 'content-length': 64 * CHUNK.length } });
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    let sent = 0;
    const sentWhenAnswered = answered.then(() => sent);
    for (; sent < 64; sent += 1) await new Promise((resolve) => sending.write(CHUNK, resolve));
    sending.end();
    const [answer] = await answered;
    answer.destroy();
    expect([answer.statusCode, await sentWhenAnswered]).toEqual([status, 64]);
  });

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:9999', 'rubbish'])('refuses the form of %s', async (origin) => {
    const answer = await post('user=ada', { origin });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('takes our own form, behind a proxy too', async () => {
    expect((await post('user=ada', { origin: 'http://127.0.0.1:8080' })).statusCode).toBe(303);
    const proxied = { origin: 'https://lab.example', 'x-forwarded-host': 'lab.example', 'x-forwarded-proto': 'https' };
    const answer = await post('user=ada', proxied);
    expect(answer.statusCode).toBe(303);
    expect(answer.cookies[0]).toHaveProperty('secure', true);
  });
});

describe('GET', () => {
  it('/ leads to the notebook', async () => {
    const answer = await front.app.inject({ url: '/' });
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/narrative/']);
  });

  it('/login shows the page, with where to go next', async () => {
    const answer = await front.app.inject({ url: '/login?next=%2Fnarrative%2F%22%3E%3Cscript%3E' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toContain('name="next" value="/narrative/%22%3E%3Cscript%3E"');
    expect(answer.body).not.toContain('<script');
  });
});
