import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { JSON_HEADERS } from '../../support/front.js';
import { type OidcFront, oidcFront, signIn } from '../../support/oidc-front.js';
import { CLIENT_SECRET, OpenId } from '../../support/openid.js';

let openId: OpenId;
let front: OidcFront;
beforeAll(async () => {
  openId = await OpenId.open();
});
afterAll(() => openId.close());
beforeEach(async () => {
  openId.user = 'ada';
  openId.groups = ['staff', 'ops'];
  front = await oidcFront(openId);
});
afterEach(() => front.app.close());

describe('signing in', () => {
  it('leads to the provider and back to the page that was asked for', async () => {
    const browser = front.browser();
    const away = await browser.get('/narrative/ws.1?a=b&c=%26');
    expect(away.statusCode).toBe(302);
    expect(away.headers.location).toBe('/narrative_session/oidc/login?next=%2Fnarrative%2Fws.1%3Fa%3Db%26c%3D%2526');
    const login = await browser.get(String(away.headers.location));
    const to = new URL(String(login.headers.location));
    expect(to.origin).toBe(openId.issuer);
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      client_id: 'mooring',
      response_type: 'code',
      redirect_uri: 'https://lab.example/narrative_session/oidc/callback',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      nonce: expect.any(String),
      state: expect.any(String),
    });
    const back = await openId.visit(to.href);
    const home = await browser.get(back.pathname + back.search);
    expect([home.statusCode, home.headers.location]).toEqual([303, '/narrative/ws.1?a=b&c=%26']);
    const token = home.cookies.find(({ name }) => name === 'kbase_session');
    expect(token).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/', maxAge: 3_600 });
    expect((await browser.get('/narrative/ws.1')).statusCode).toBe(201);
    expect(front.store.all().map(({ metadata, spec }) => [metadata.name, spec.owner.name])).toEqual([['narrative-ada-e4ea29', 'ada']]);
  });

  it('takes the roles from the claim, those that count', async () => {
    const browser = front.browser();
    await signIn(openId, browser);
    expect((await browser.get('/narrative_status/')).json()).toHaveProperty('narrative_services');
    openId.groups = ['staff'];
    const other = front.browser();
    await signIn(openId, other);
    expect((await other.get('/narrative_status/')).json()).not.toHaveProperty('narrative_services');
  });

  it('gives a token that says nothing and can’t be changed', async () => {
    const browser = front.browser();
    await signIn(openId, browser);
    const token = browser.cookies.get('kbase_session') ?? '';
    expect(Buffer.from(token, 'base64url').toString()).not.toContain('ada');
    for (const part of [1, 2, 3, 4]) {
      const parts = token.split('.');
      parts[part] = `${parts[part]?.startsWith('A') ? 'B' : 'A'}${parts[part]?.slice(1)}`;
      browser.cookies.set('kbase_session', parts.join('.'));
      expect((await browser.get('/narrative/', JSON_HEADERS)).statusCode).toBe(403);
    }
    // The state is sealed with a key of its own: it is no token.
    const login = await front.browser().get('/narrative_session/oidc/login');
    browser.cookies.set('kbase_session', new URL(String(login.headers.location)).searchParams.get('state') ?? '');
    expect((await browser.get('/narrative/', JSON_HEADERS)).statusCode).toBe(403);
  });

  it('lets several tabs of a browser sign in at once', async () => {
    const browser = front.browser();
    const urls = [
      await browser.get('/narrative_session/oidc/login?next=%2Fnarrative%2Fa'),
      await browser.get('/narrative_session/oidc/login?next=%2Fnarrative%2Fb'),
    ];
    for (const [index, { headers }] of urls.entries()) {
      const back = await openId.visit(String(headers.location));
      expect((await browser.get(back.pathname + back.search)).headers.location).toBe(['/narrative/a', '/narrative/b'][index]);
    }
  });

  it('ends in the browser that began it, once, and in time', async () => {
    const browser = front.browser();
    const begin = async () => openId.visit(String((await browser.get('/narrative_session/oidc/login')).headers.location));
    const back = await begin();
    const [victim, late] = [front.browser(), await begin()];
    await victim.get('/narrative_session/oidc/login');
    const stolen = await victim.get(back.pathname + back.search);
    expect([stolen.statusCode, victim.cookies.has('kbase_session')]).toEqual([400, false]);
    expect((await browser.get(back.pathname + back.search)).statusCode).toBe(303);
    expect((await browser.get(back.pathname + back.search)).statusCode).toBe(400);
    front.wait(601_000);
    expect((await browser.get(late.pathname + late.search)).statusCode).toBe(400);
  });

  it.each(['', '?code=x', '?state=x&code=x', '?error=access_denied', `?state=${'x'.repeat(4_000)}`])(
    'can’t be ended by %j',
    async (query) => {
      const browser = front.browser();
      await browser.get('/narrative_session/oidc/login');
      expect((await browser.get(`/narrative_session/oidc/callback${query}`)).statusCode).toBe(400);
    },
  );

  it('can be called off at the provider', async () => {
    const browser = front.browser();
    const login = await browser.get('/narrative_session/oidc/login');
    const state = encodeURIComponent(new URL(String(login.headers.location)).searchParams.get('state') ?? '');
    const iss = encodeURIComponent(openId.issuer);
    const answer = (error: string) => browser.get(`/narrative_session/oidc/callback?error=${error}&state=${state}&iss=${iss}`);
    const refused = await answer('access_denied');
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect((await answer('temporarily_unavailable')).statusCode).toBe(503);
    const injected = await answer('%3Cscript%3E');
    expect([injected.statusCode, injected.body.includes('<script>')]).toEqual([403, false]);
  });

  it('is done under the public address, where its cookies are', async () => {
    const answer = await front.app.inject({
      url: '/narrative_session/oidc/login?next=%2Fnarrative%2Fa',
      headers: { host: 'other.example' },
    });
    expect(answer.headers.location).toBe('https://lab.example/narrative_session/oidc/login?next=%2Fnarrative%2Fa');
  });

  it.each(['//evil.example/', 'https://evil.example/', '/\\evil.example', 'a', '/'.padEnd(2_000, 'x')])(
    'never leads on to %s',
    async (next) => {
      const browser = front.browser();
      const login = await browser.get(`/narrative_session/oidc/login?next=${encodeURIComponent(next)}`);
      const back = await openId.visit(String(login.headers.location));
      expect((await browser.get(back.pathname + back.search)).headers.location).toBe('/narrative/');
    },
  );

  it.each(['system:pool', 'system:imported'])('makes nobody %s', async (user) => {
    openId.user = user;
    const browser = front.browser();
    await expect(signIn(openId, browser)).rejects.toThrow('403');
    expect(browser.cookies.has('kbase_session')).toBe(false);
  });

  it('says so where the provider doesn’t tell who somebody is', async () => {
    await front.app.close();
    front = await oidcFront(openId, { claims: { user: 'nickname', roles: 'groups' } });
    await expect(signIn(openId, front.browser())).rejects.toThrow('MOORING_OIDC_USER_CLAIM');
  });

  it('gives scripts 401, and no redirect', async () => {
    const answer = await front.browser().get('/narrative/', JSON_HEADERS);
    expect([answer.statusCode, answer.headers.location]).toEqual([401, undefined]);
  });

  it('writes no secret into a log', async () => {
    const browser = front.browser();
    const login = await browser.get('/narrative_session/oidc/login');
    const back = await openId.visit(String(login.headers.location));
    for (let times = 0; times < 2; times += 1) await browser.get(back.pathname + back.search);
    const secrets = [...browser.cookies.values(), back.searchParams.get('code'), back.searchParams.get('state'), CLIENT_SECRET];
    for (const secret of secrets) expect(front.logs()).not.toContain(String(secret));
    expect(front.logs()).toContain('"path":"/narrative_session/oidc/callback"');
  });
});

describe('a sign-in', () => {
  it('asks nobody, holds for its time, and then is renewed at the provider', async () => {
    const browser = front.browser();
    await signIn(openId, browser);
    openId.asked.length = 0;
    front.wait(3_599_000);
    expect((await browser.get('/narrative/')).statusCode).toBe(201);
    expect(openId.asked).toEqual([]);
    front.wait(2_000);
    expect((await browser.get('/narrative/', JSON_HEADERS)).statusCode).toBe(403);
    const again = await browser.get('/narrative/ws.2');
    expect([again.statusCode, again.headers.location]).toEqual([302, '/narrative_session/oidc/login?next=%2Fnarrative%2Fws.2']);
    expect(browser.cookies.has('kbase_session')).toBe(false);
    expect(await signIn(openId, browser, '/narrative/ws.2')).toBe('/narrative/ws.2');
  });

  it('ends where its person signs out, by a form of ours only', async () => {
    const browser = front.browser();
    await signIn(openId, browser);
    browser.cookies.set('narrative_session', 'x');
    expect((await browser.get('/narrative_session/oidc/logout')).body).toContain('<form method="post"');
    expect((await browser.post('/narrative_session/oidc/logout', { origin: 'https://evil.example' })).statusCode).toBe(403);
    expect(browser.cookies.has('kbase_session')).toBe(true);
    const out = await browser.post('/narrative_session/oidc/logout');
    expect(out.statusCode).toBe(200);
    expect(out.body).toContain(`${openId.issuer}/session/end`);
    expect([browser.cookies.has('kbase_session'), browser.cookies.has('narrative_session')]).toEqual([false, false]);
    expect((await browser.get('/narrative/')).headers.location).toContain('/narrative_session/oidc/login');
  });
});
