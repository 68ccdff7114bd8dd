import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser } from '../../support/browser.js';
import { JSON_HEADERS, PAGE_HEADERS } from '../../support/front.js';
import { type OidcFront, oidcFront, signIn } from '../../support/oidc-front.js';
import { CLIENT, newKey, OpenId, type SigningKey } from '../../support/openid.js';

const TROUBLE: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  hangs: () => {},
  'hangs in the middle of its answer': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"issuer":');
  },
  'is down': (_request, response) => response.destroy(),
  'says that it is broken': (_request, response) => response.writeHead(500).end('{}'),
  'is a page': (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Maintenance</h1>'),
  'never ends': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`{"a":"${'x'.repeat(1_000_000)}"}`);
  },
};

let openId: OpenId;
let front: OidcFront;
/** In ms: what a provider in trouble has. */
const TROUBLE_MS = 50;
/** Ends all requests at once, instead of each by its own time. */
let ending: AbortController | undefined;
/** A provider in trouble has its time soon over; one that isn't has as long as a busy machine takes. */
const endAfter = () => ending?.signal ?? AbortSignal.timeout(openId.trouble === undefined ? 60_000 : TROUBLE_MS);

beforeEach(async () => {
  ending = undefined;
  openId = await OpenId.open();
  front = await oidcFront(openId, { endAfter });
});
afterEach(async () => {
  await front.app.close();
  await openId.close();
});

const bearer = (token: string) => front.app.inject({ url: '/narrative/', headers: { ...JSON_HEADERS, authorization: `Bearer ${token}` } });

describe.each(Object.entries(TROUBLE))('a provider that %s', (_how, trouble) => {
  it('keeps out nobody who is signed in, and tells everybody else 503', async () => {
    const browser = front.browser();
    await signIn(openId, browser);
    const token = await openId.token();
    expect((await bearer(token)).statusCode).toBe(202);
    openId.trouble = trouble;
    const fresh = await oidcFront(openId, { endAfter });
    for (const minutes of [0, 20, 30]) {
      front.wait(minutes * 60_000);
      expect((await browser.get('/narrative/')).statusCode).toBe(201);
      const stranger = await fresh.browser().get('/narrative_session/oidc/login');
      expect([stranger.statusCode, stranger.headers['retry-after']]).toEqual([503, '5']);
      expect((await fresh.browser().get('/narrative/', { ...JSON_HEADERS, authorization: `Bearer ${token}` })).statusCode).toBe(503);
    }
    await fresh.app.close();
  });

  it('lets nobody end a sign-in until it is well again', async () => {
    const browser = front.browser();
    const login = await browser.get('/narrative_session/oidc/login');
    const back = await openId.visit(String(login.headers.location));
    // What is asked must have come to the provider before it is well again: there a code is good once.
    const inTime = new AbortController();
    ending = inTime;
    openId.trouble = (request, response) => {
      trouble(request, response);
      setTimeout(() => inTime.abort(), TROUBLE_MS);
    };
    const answer = await browser.get(back.pathname + back.search);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
    [openId.trouble, ending] = [undefined, undefined];
    expect((await browser.get(back.pathname + back.search)).statusCode).toBe(303);
  });
});

describe('sign-ins that hang', () => {
  it('delay nobody else, and are bounded', async () => {
    await front.app.close();
    front = await oidcFront(openId, { deadlineMs: 60_000 });
    const known = front.browser();
    await signIn(openId, known);
    await bearer(await openId.token());
    const begun = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const browser = front.browser();
        return { browser, back: await openId.visit(String((await browser.get('/narrative_session/oidc/login')).headers.location)) };
      }),
    );
    openId.trouble = TROUBLE.hangs;
    let ended = 0;
    const ending = begun.map(({ browser, back }) =>
      browser.get(back.pathname + back.search).finally(() => {
        ended += 1;
      }),
    );
    expect((await known.get('/narrative/')).statusCode).toBe(201);
    expect((await bearer(await openId.token())).statusCode).toBe(202);
    expect((await front.browser().get('/narrative_session/oidc/login')).statusCode).toBe(302);
    expect(ended).toBe(0);
    await openId.close();
    expect(new Set((await Promise.all(ending)).map(({ statusCode }) => statusCode))).toEqual(new Set([503]));
    openId = await OpenId.open();
  });
});

describe('a provider that lies', () => {
  /** Ends a sign-in with an ID token of these claims, by this key. */
  async function lie(browser: Browser, claims: Record<string, unknown>, key?: SigningKey) {
    const login = await browser.get('/narrative_session/oidc/login');
    const to = new URL(String(login.headers.location));
    const back = await openId.visit(to.href);
    const id_token = await openId.token({ nonce: to.searchParams.get('nonce'), ...claims }, key);
    const body = JSON.stringify({ access_token: 'access-secret', token_type: 'Bearer', expires_in: 60, id_token });
    openId.trouble = (request, response) => {
      if (request.url === '/token') response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      else {
        const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...published } = openId.key.jwk;
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [published] }));
      }
    };
    return browser.get(back.pathname + back.search, PAGE_HEADERS);
  }

  it('is believed where it doesn’t', async () => {
    expect((await lie(front.browser(), {})).statusCode).toBe(303);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['another nonce', () => ({ nonce: 'made-up' })],
    ['no nonce', () => ({ nonce: undefined })],
    ['another issuer', () => ({ iss: 'https://evil.example' })],
    ['somebody else as its audience', () => ({ aud: 'another' })],
    ['two audiences, and the other one’s party', () => ({ aud: [CLIENT, 'another'], azp: 'another' })],
    ['a time that is over', () => ({ exp: Math.floor(Date.now() / 1000) - 600 })],
  ])('is not believed with %s', async (_what, claims) => {
    const browser = front.browser();
    const answer = await lie(browser, claims());
    expect([answer.statusCode, browser.cookies.has('kbase_session')]).toEqual([503, false]);
    expect(front.logs()).not.toContain('access-secret');
  });

  it('is not believed with another’s signature', async () => {
    const browser = front.browser();
    const answer = await lie(browser, {}, await newKey('one'));
    expect([answer.statusCode, browser.cookies.has('kbase_session')]).toEqual([503, false]);
    expect(front.logs()).not.toContain('access-secret');
  });
});
