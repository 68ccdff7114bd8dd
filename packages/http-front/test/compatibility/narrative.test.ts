import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestFront } from '../support/front.js';
import { openSession, signedIn, site } from './site.js';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let front: TestFront;
beforeEach(async () => {
  front = await site();
});
afterEach(() => front.app.close());

const get = (url: string, token?: string) =>
  front.app.inject(token === undefined ? { url, headers: HTML } : signedIn(token, { url, headers: HTML }));

describe('GET /narrative/<path> without a token', () => {
  it('302 to the site’s sign-in, with the path in nextrequest', async () => {
    const answer = await get('/narrative/ws.1.obj.2');
    expect(answer.statusCode).toBe(302);
    const [to, quoted = ''] = String(answer.headers.location).split('?nextrequest=');
    expect([to, JSON.parse(decodeURIComponent(quoted))]).toEqual(['/#login', { path: '/narrative/ws.1.obj.2', external: true }]);
  });

  it('differs: no question mark is put behind a path without a query, and a quote in it makes no other JSON', async () => {
    const answer = await get('/narrative/a"%2C"x":"b');
    const quoted = String(answer.headers.location).split('?nextrequest=')[1] ?? '';
    expect(JSON.parse(decodeURIComponent(quoted))).toEqual({ path: '/narrative/a%22%2C%22x%22:%22b', external: true });
  });
});

describe('GET /narrative/<path> with a token', () => {
  it('403 where the token is rejected', async () => {
    expect((await get('/narrative/ws.1', 'made-up')).statusCode).toBe(403);
  });

  it('differs: 503 with Retry-After, not 403, where the sign-in service can’t be asked; nobody has done anything wrong', async () => {
    const answer = await get('/narrative/ws.1', 'down');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
  });

  it('201 and the session’s cookie; the service’s name is the cleaned user’s with six digits of its SHA-1', async () => {
    const answer = await get('/narrative/ws.1', 'token-ada');
    expect(answer.statusCode).toBe(201);
    expect(front.store.all().map(({ metadata }) => metadata.name)).toEqual(['narrative-ada-e4ea29']);
    const uid = front.store.all()[0]?.metadata.uid ?? '';
    expect(answer.cookies).toEqual([expect.objectContaining({ name: 'narrative_session', value: await front.store.secret(uid) })]);
  });

  it('differs: the cookie is out of reach for scripts and other sites, and holds 256 random bits, not 128', async () => {
    const [cookie] = (await get('/narrative/ws.1', 'token-ada')).cookies;
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', value: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('the same cookie again for a session that there is', async () => {
    const [one, two] = [await get('/narrative/ws.1', 'token-ada'), await get('/narrative/ws.2', 'token-ada')];
    expect(two.cookies[0]?.value).toBe(one.cookies[0]?.value);
  });

  it('a refresh to /load-narrative.html?n=<path>&check=true once it is ready', async () => {
    const { metadata } = await openSession(front, 'ada');
    front.store.makeReady(metadata.name);
    const answer = await get('/narrative/ws.1.obj.2', 'token-ada');
    expect(answer.statusCode).toBe(201);
    expect(answer.body).toContain('url=/load-narrative.html?n=ws.1.obj.2&amp;check=true"');
    expect(answer.body).toContain('data-ready="/load-narrative.html?n=ws.1.obj.2&amp;check=true"');
  });

  it('differs: not before; the page says how far it is, and the container’s own errors are nobody’s', async () => {
    const answer = await get('/narrative/ws.1', 'token-ada');
    expect(answer.body).toContain('url=/narrative/ws.1"');
    expect(answer.body).toContain('<ol class="steps"');
  });

  it('differs: the query is kept', async () => {
    const { metadata } = await openSession(front, 'ada');
    front.store.makeReady(metadata.name);
    expect((await get('/narrative/ws.1?a=b&c=d', 'token-ada')).body).toContain('n=ws.1%3Fa%3Db%26c%3Dd&amp;check=true');
  });

  it('differs: what is in the path is never read as HTML', async () => {
    for (const path of ['"><script>alert(1)</script>', '%22%3E%3Cscript%3Ealert(1)', "'/onload='x", '"onload="x']) {
      const { body } = await get(`/narrative/${path}`, 'token-ada');
      expect(body).not.toMatch(/<script>alert|"onload="|'\/onload='/);
    }
  });

  it('differs: one person who asks many times at once has one session, and is told no raw error of Rancher', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => get('/narrative/ws.1', 'token-ada')));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([201]));
    expect(front.store.all()).toHaveLength(1);
  });

  it('differs: two people whose names clean to the same, with the same six digits, never share a session', async () => {
    const [one, two] = [await get('/narrative/ws.1', 'token-a._----_b'), await get('/narrative/ws.1', 'token-a-_-.._.-b')];
    expect(front.store.all().map(({ metadata, spec }) => [metadata.name, spec.owner.name])).toEqual([
      ['narrative-a-b-e1a6d1', 'a._----_b'],
      [expect.stringMatching(/^narrative-a-b-[0-9a-f]{12}$/), 'a-_-.._.-b'],
    ]);
    expect(one.cookies[0]?.value).not.toBe(two.cookies[0]?.value);
  });

  it('differs: what is no navigation starts nothing', async () => {
    const save = signedIn('token-ada', {
      method: 'GET',
      url: '/narrative/api/status',
      headers: { 'sec-fetch-mode': 'cors', accept: '*/*' },
    });
    const answer = await front.app.inject(save);
    expect([answer.statusCode, front.store.all()]).toEqual([503, []]);
  });

  it('differs: neither the token nor the cookie is in a log', async () => {
    const answer = await get('/narrative/ws.1', 'token-ada');
    for (const secret of ['token-ada', answer.cookies[0]?.value ?? '']) expect(front.logs()).not.toContain(secret);
  });
});

describe('a site without a page that loads notebooks', () => {
  it('leads straight to what was asked for', async () => {
    const plain = await site({ settings: { readyPage: undefined } });
    const { metadata } = await openSession(plain, 'ada');
    plain.store.makeReady(metadata.name);
    const answer = await plain.app.inject(signedIn('token-ada', { url: '/narrative/ws.1?a=b', headers: HTML }));
    expect(answer.body).toContain('url=/narrative/ws.1?a=b"');
    expect(answer.body).toContain('data-ready="/narrative/ws.1?a=b"');
    await plain.app.close();
  });
});
