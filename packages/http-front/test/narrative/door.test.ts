import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { as, JSON_HEADERS, localProvider, PAGE_HEADERS, type TestFront, testFront } from '../support/front.js';

const SECRET = /^[0-9a-f]{64}$/;

let front: TestFront;
beforeEach(async () => {
  front = await testFront();
});
afterEach(() => front.app.close());

const cookieNamed = (answer: { cookies: { name: string; value: string }[] }, name: string) =>
  answer.cookies.find((cookie) => cookie.name === name);

describe('a wish by a page', () => {
  it('is answered the same from memory as it was when the store was asked, but for the time', async () => {
    await front.app.inject(as('ada'));
    front.store.makeReady('narrative-ada-e4ea29');
    const asked = { url: '/narrative/tree?x=1&y=2' };
    const first = await front.app.inject(as('ada', asked));
    const secret = cookieNamed(first, 'narrative_session')?.value ?? '';
    const before = front.store.all()[0]?.metadata.resourceVersion;
    const second = await front.app.inject(as('ada', asked));
    const timeless = ({ headers: { date: _date, 'x-request-id': _id, ...headers }, statusCode, body }: typeof first) => ({
      statusCode,
      headers,
      body: body.replace(/data-now="\d+"/, ''),
    });
    expect(timeless(second)).toEqual(timeless(first));
    expect(second.body).toContain('data-phase="Ready"');
    const missed = await front.app.inject(as('ada', { ...asked, cookies: { narrative_session: secret } }));
    expect(missed.body).toContain('data-missed="true"');
    expect(front.store.all()[0]?.metadata.resourceVersion).toBe(before);
    expect(front.logs().match(/"status":201,.*"msg":"answered"/g)).toHaveLength(4);
    expect(await front.registry.metrics()).toContain('mooring_front_requests_total{door="narrative",code="201"} 4');
  });

  it('creates the session, sets its cookie and shows the waiting page', async () => {
    const answer = await front.app.inject(as('ada', { url: '/narrative/tree/a%20b?x=1&y=2', remoteAddress: '127.0.0.9' }));
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    const [session] = front.store.all();
    expect(front.store.all()).toHaveLength(1);
    expect(session?.metadata).toMatchObject({
      name: 'narrative-ada-e4ea29',
      finalizers: ['mooring.dev/service'],
      annotations: { 'mooring.dev/client-ip': '127.0.0.9' },
    });
    expect(session?.spec).toMatchObject({ owner: { name: 'ada' }, running: true, launch: { image: 'mooring/demo:1' } });
    const cookie = cookieNamed(answer, 'narrative_session');
    expect(cookie).toMatchObject({ path: '/', httpOnly: true, sameSite: 'Lax', value: expect.stringMatching(SECRET) });
    expect(cookie).not.toHaveProperty('secure');
    expect(cookie?.value).toBe(await front.store.secret(session?.metadata.uid ?? ''));
    expect(answer.body).toContain('data-target="/narrative/tree/a%20b?x=1&amp;y=2"');
    expect(answer.body).toContain('content="3; url=/narrative/tree/a%20b?x=1&amp;y=2"');
  });

  it('marks the cookie Secure where a trusted proxy says https, not where anybody else does', async () => {
    const headers = { ...PAGE_HEADERS, 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' };
    const trusted = await front.app.inject(as('ada', { headers }));
    const untrusted = await front.app.inject(as('bob', { headers, remoteAddress: '198.51.100.1' }));
    expect(cookieNamed(trusted, 'narrative_session')).toHaveProperty('secure', true);
    expect(cookieNamed(untrusted, 'narrative_session')).not.toHaveProperty('secure');
    expect(front.store.all().map(({ metadata }) => metadata.annotations['mooring.dev/client-ip'])).toEqual(['192.0.2.7', '198.51.100.1']);
  });

  it('finds the same session again, and another for somebody else', async () => {
    const one = await front.app.inject(as('ada'));
    const two = await front.app.inject(as('ada'));
    const other = await front.app.inject(as('bob'));
    expect(cookieNamed(two, 'narrative_session')?.value).toBe(cookieNamed(one, 'narrative_session')?.value);
    expect(cookieNamed(other, 'narrative_session')?.value).not.toBe(cookieNamed(one, 'narrative_session')?.value);
    expect(front.store.all()).toHaveLength(2);
  });

  it('makes one session of many requests at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => front.app.inject(as('ada'))));
    expect(new Set(answers.map((answer) => cookieNamed(answer, 'narrative_session')?.value)).size).toBe(1);
    expect(front.store.all()).toHaveLength(1);
  });

  it('wakes a session that was stopped', async () => {
    await front.app.inject(as('ada'));
    front.store.makeReady('narrative-ada-e4ea29');
    front.store.change('narrative-ada-e4ea29', (session) => {
      session.spec.running = false;
    });
    const answer = await front.app.inject(as('ada'));
    expect(front.store.all()[0]?.spec.running).toBe(true);
    // The status is still that of the run before.
    expect(answer.body).toContain('data-phase="Starting"');
    expect(answer.body).toContain('<p class="keep" id="keeping" hidden>');
  });

  it('keeps a session that was marked, and says so until it is reached again', async () => {
    await front.app.inject(as('ada'));
    const name = 'narrative-ada-e4ea29';
    front.store.makeReady(name);
    front.store.mark(name, Date.now() - 1_000);
    front.store.change(name, ({ status }) => {
      status.phase = 'Starting';
    });
    const answer = await front.app.inject(as('ada', { url: '/narrative/tree/a' }));
    expect(answer.body).toContain('Your notebook is kept for you');
    expect(answer.body).toContain('<a class="button" id="keep" href="/narrative/tree/a"></a>');
    expect(answer.body).toContain('<noscript><p class="keep"><a class="button" href="/narrative/tree/a">Look again</a></p></noscript>');
    expect(front.store.all()[0]?.metadata.annotations['mooring.dev/wanted-at']).toMatch(/^20\d\d-/);
    front.store.makeReady(name);
    front.store.mark(name, 0);
    expect((await front.app.inject(as('ada'))).body).toContain('data-phase="Ready"');
  });

  it('says that a session is being deleted, and makes a new one once it is gone', async () => {
    await front.app.inject(as('ada'));
    const uid = front.store.all()[0]?.metadata.uid;
    front.store.change('narrative-ada-e4ea29', (session) => {
      session.metadata.deletionTimestamp = new Date(0).toISOString();
    });
    const leaving = await front.app.inject(as('ada'));
    expect(leaving.statusCode).toBe(201);
    expect(leaving.body).toContain('data-phase="Terminating"');
    expect(front.store.all()[0]?.metadata.uid).toBe(uid);
    front.store.remove('narrative-ada-e4ea29');
    await front.app.inject(as('ada'));
    expect(front.store.all()[0]?.metadata.uid).not.toBe(uid);
  });

  it('moves on at once when ready, but waits first when the right cookie led here all the same', async () => {
    const cookie = cookieNamed(await front.app.inject(as('ada')), 'narrative_session')?.value ?? '';
    front.store.makeReady('narrative-ada-e4ea29');
    const fresh = await front.app.inject(as('ada'));
    expect(fresh.body).toContain('data-phase="Ready" data-missed="false"');
    expect(fresh.body).toContain('content="1; url=/narrative/"');
    const missed = await front.app.inject(as('ada', { cookies: { narrative_session: cookie } }));
    expect(missed.body).toContain('data-phase="Ready" data-missed="true"');
    expect(missed.body).toContain('content="3; url=/narrative/"');
  });

  it('leads to /narrative/ from /narrative, which no session serves', async () => {
    const answer = await front.app.inject(as('ada', { url: '/narrative?a=b' }));
    expect(answer.body).toContain('data-target="/narrative/?a=b"');
  });

  it('reflects nothing unescaped', async () => {
    const answer = await front.app.inject(as('ada', { url: `/narrative/"onload="x?q="><script>alert(1)</script><svg/onload=x>` }));
    expect(answer.statusCode).toBe(201);
    expect(answer.body).not.toContain('<script>alert');
    expect(answer.body).not.toContain('"><svg/');
    expect(answer.body).not.toContain('"onload="');
  });
});

describe('a wish by a script', () => {
  const ask = (cookies = {}) => front.app.inject(as('ada', { url: '/narrative/lab?x=1', headers: JSON_HEADERS, cookies }));

  it('is answered 202 until ready, then 200, with the address of the status and the cookie in both', async () => {
    const starting = await ask();
    expect(starting.statusCode).toBe(202);
    expect(starting.headers.location).toBe('/narrative_session/narrative-ada-e4ea29');
    expect(starting.json()).toMatchObject({ name: 'narrative-ada-e4ea29', phase: 'Pending', conditions: [], url: '/narrative/lab?x=1' });
    expect(cookieNamed(starting, 'narrative_session')?.value).toMatch(SECRET);
    front.store.makeReady('narrative-ada-e4ea29');
    const ready = await ask();
    expect(ready.statusCode).toBe(200);
    expect(ready.headers.location).toBe('/narrative_session/narrative-ada-e4ea29');
    expect(ready.json()).toMatchObject({ phase: 'Ready', url: '/narrative/lab?x=1' });
    expect(cookieNamed(ready, 'narrative_session')?.value).toBe(cookieNamed(starting, 'narrative_session')?.value);
  });

  it('never finds the secret in the body', async () => {
    const answer = await ask();
    expect(answer.body).not.toContain(cookieNamed(answer, 'narrative_session')?.value);
  });
});

describe('who may not', () => {
  it('sends a page without a token to the site’s sign-in, with path and query', async () => {
    const answer = await front.app.inject({ url: '/narrative/a?b=c&d=%26', headers: PAGE_HEADERS });
    expect(answer.statusCode).toBe(302);
    const [path, quoted] = String(answer.headers.location).split('?nextrequest=');
    expect(path).toBe('/#login');
    expect(JSON.parse(decodeURIComponent(quoted ?? ''))).toEqual({ path: '/narrative/a?b=c&d=%26', external: true });
  });

  it('sends it to the sign-in page on one machine', async () => {
    const local = await testFront({ local: localProvider() });
    const answer = await local.app.inject({ url: '/narrative/a?b=c', headers: PAGE_HEADERS });
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe('/login?next=%2Fnarrative%2Fa%3Fb%3Dc');
    await local.app.close();
  });

  it.each([
    ['no token', {}, 401],
    ['an empty token', { kbase_session: '' }, 401],
    ['an unknown token', { kbase_session: 'made-up' }, 403],
    ['a provider that is down', { kbase_session: 'down' }, 503],
  ])('answers a script with %s by a problem', async (_what, cookies, status) => {
    const answer = await front.app.inject({ url: '/narrative/', headers: JSON_HEADERS, cookies });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
    expect(front.store.all()).toEqual([]);
  });

  it('shows a person whose token is rejected a page that says so', async () => {
    const answer = await front.app.inject({ url: '/narrative/', headers: PAGE_HEADERS, cookies: { kbase_session: 'made-up' } });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.body).toContain('Sign in again');
  });

  it('on one machine, lets them sign in again right there, and forgets the token', async () => {
    const local = await testFront({ local: localProvider() });
    const answer = await local.app.inject({ url: '/narrative/a?b', headers: PAGE_HEADERS, cookies: { kbase_session: 'stale' } });
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain('<form method="post" action="/login">');
    expect(answer.body).toContain('name="next" value="/narrative/a?b"');
    expect(answer.cookies).toEqual([expect.objectContaining({ name: 'kbase_session', value: '', maxAge: 0 })]);
    await local.app.close();
  });
});

describe('what is no navigation', () => {
  const background = [
    ['a poll', { method: 'GET', headers: { 'sec-fetch-mode': 'cors', accept: 'text/html' } }],
    ['a save', { method: 'PUT', headers: { 'content-type': 'application/json' }, payload: '{"content":1}' }],
    ['a save of a type that nobody knows', { method: 'PUT', headers: { 'content-type': 'x/y' }, payload: 'abc' }],
    ['a broken save', { method: 'PUT', headers: { 'content-type': 'application/json' }, payload: '{' }],
    ['a form', { method: 'POST', headers: { ...PAGE_HEADERS, 'content-type': 'application/x-www-form-urlencoded' }, payload: 'a=b' }],
    ['HEAD', { method: 'HEAD', headers: PAGE_HEADERS }],
    ['DELETE', { method: 'DELETE', headers: JSON_HEADERS }],
    ['a method that few know', { method: 'PROPFIND' as 'GET', headers: { accept: 'text/html' } }],
    ['a preflight', { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } }],
    ['a websocket', { method: 'GET', headers: { upgrade: 'websocket', connection: 'upgrade', accept: 'text/html' } }],
  ] as const;

  it.each(background)('refuses %s with 503, signed in or not, and starts nothing', async (_what, request) => {
    const callers: Record<string, string>[] = [{}, { kbase_session: 'token-ada' }, { kbase_session: 'made-up' }];
    for (const cookies of callers) {
      const answer = await front.app.inject({ url: '/narrative/api/contents/a.ipynb', ...request, cookies });
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['retry-after']).toBe('5');
      expect(answer.headers['mooring-front']).toBe('1');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(front.store.all()).toEqual([]);
  });

  it('doesn’t keep what is marked', async () => {
    await front.app.inject(as('ada'));
    const marked = front.store.mark('narrative-ada-e4ea29', 0);
    for (const [, request] of background)
      await front.app.inject({ url: '/narrative/api/status', ...request, cookies: { kbase_session: 'token-ada' } });
    await front.app.inject(as('ada', { url: '/narrative_session/narrative-ada-e4ea29', headers: JSON_HEADERS }));
    expect(front.store.all()).toEqual([marked]);
  });

  it('doesn’t wake either', async () => {
    await front.app.inject(as('ada'));
    front.store.change('narrative-ada-e4ea29', (session) => {
      session.spec.running = false;
    });
    await front.app.inject(as('ada', { headers: { 'sec-fetch-mode': 'cors', accept: 'application/json' } }));
    expect(front.store.all()[0]?.spec.running).toBe(false);
  });
});
