import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { as, JSON_HEADERS, type TestFront, testFront } from '../support/front.js';

const URL = '/narrative_session/narrative-ada-e4ea29';

let front: TestFront;
beforeEach(async () => {
  front = await testFront();
  await front.app.inject(as('ada'));
});
afterEach(() => front.app.close());

const ask = (user: string, url = URL) => front.app.inject(as(user, { url, headers: JSON_HEADERS }));

describe('GET /narrative_session/<name>', () => {
  it('tells the owner how far it is', async () => {
    const starting = await ask('ada');
    expect(starting.statusCode).toBe(202);
    expect(starting.headers.location).toBe(URL);
    expect(starting.headers['retry-after']).toBe('1');
    expect(starting.json()).toMatchObject({ name: 'narrative-ada-e4ea29', phase: 'Pending', conditions: [], url: '/narrative/' });
    front.store.makeReady('narrative-ada-e4ea29');
    const ready = await ask('ada');
    expect(ready.statusCode).toBe(200);
    expect(ready.headers['retry-after']).toBeUndefined();
    expect(ready.json()).toMatchObject({ phase: 'Ready', url: '/narrative/' });
  });

  it('tells nobody else whether there is one', async () => {
    const others = await ask('bob');
    const unknown = await ask('bob', '/narrative_session/narrative-nobody-000000');
    expect(others.statusCode).toBe(404);
    const told = ({ body }: typeof others) => ({ ...JSON.parse(body), requestId: '' });
    expect(told(others)).toEqual(told(unknown));
    expect((await ask('bob', `${URL}/events`)).statusCode).toBe(404);
  });

  it.each([
    ['no token', {}, 401],
    ['an unknown token', { kbase_session: 'made-up' }, 403],
    ['a provider that is down', { kbase_session: 'down' }, 503],
  ])('answers %s', async (_what, cookies, status) => {
    expect((await front.app.inject({ url: URL, cookies })).statusCode).toBe(status);
    expect((await front.app.inject({ url: `${URL}/events`, cookies })).statusCode).toBe(status);
  });
});

describe('assets', () => {
  it('are the ones that the page names, kept for good', async () => {
    const page = await front.app.inject(as('ada'));
    const urls = [...page.body.matchAll(/(?:href|src)="(\/narrative_session\/-\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(urls.map((url) => url.split('/').at(-1))).toEqual(expect.arrayContaining(['icon.svg', 'page.css', 'follow.js', 'page.js']));
    for (const url of urls) {
      const answer = await front.app.inject({ url });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['cache-control']).toContain('immutable');
      const again = await front.app.inject({ url, headers: { 'if-none-match': String(answer.headers.etag) } });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
  });

  it('of another version are asked for again', async () => {
    const answer = await front.app.inject({ url: '/narrative_session/-/assets/old/retry.js' });
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-cache']);
    expect(answer.headers['content-type']).toContain('javascript');
  });

  it('are nothing else', async () => {
    for (const file of ['nothing.js', '..%2Fpackage.json', '__proto__']) {
      expect((await front.app.inject({ url: `/narrative_session/-/assets/x/${file}` })).statusCode).toBe(404);
    }
  });

  it('are all that the page loads: no script or style is in it', async () => {
    const page = await front.app.inject(as('ada'));
    expect(page.body).not.toMatch(/<style|<script(?![^>]* src=)|\son[a-z]+=|\sstyle=/);
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
  });
});
