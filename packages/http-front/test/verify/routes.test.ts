import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProbeProof, IMPORTED_OWNER, PROBE_HEADER, VERIFY_PATH } from '@mooring/resources';
import type { InjectOptions } from 'fastify';
import { createTrustedHeader, type IdentityProvider } from '../../src/index.js';
import { JSON_HEADERS, PAGE_HEADERS, type TestFront, testFront } from '../support/front.js';

const ADA = 'narrative-ada-e4ea29';
const proof = createProbeProof(Buffer.alloc(32, 1));
/** What Traefik adds to the headers of the request that it asks about. */
const FORWARDED = { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/narrative/tree?a=1' };

describe('what Traefik asks of requests to a session', () => {
  let front: TestFront;
  let asked: string[];
  let uid: string;
  let bobs: string;

  const identity: IdentityProvider = {
    kind: 'auth2',
    identify: async (token) => {
      asked.push(token);
      if (!token.startsWith('token-')) return undefined;
      const user = token.slice('token-'.length);
      return { user, roles: user === 'root' ? ['ADMIN'] : [] };
    },
  };

  beforeEach(async () => {
    asked = [];
    front = await testFront({ identity, verify: { proof }, settings: { statusRole: 'ADMIN' } });
    for (const user of ['ada', 'bob'])
      await front.app.inject({ url: '/narrative/', headers: PAGE_HEADERS, cookies: { kbase_session: `token-${user}` } });
    uid = front.store.all().find(({ metadata }) => metadata.name === ADA)?.metadata.uid as string;
    bobs = front.store.all().find(({ metadata }) => metadata.name !== ADA)?.metadata.uid as string;
    asked = [];
  });
  afterEach(() => front.app.close());

  const ask = ({ headers, ...rest }: InjectOptions = {}, of = uid) =>
    front.app.inject({ url: `${VERIFY_PATH}${of}`, headers: { ...FORWARDED, ...headers }, ...rest });
  const signedIn = (user: string) => ({ kbase_session: `token-${user}` });

  it('lets its owner and administrators through, by cookie or Authorization', async () => {
    for (const user of ['ada', 'root']) expect((await ask({ cookies: signedIn(user) })).statusCode).toBe(204);
    expect((await ask({ headers: { authorization: 'Bearer token-ada' } })).statusCode).toBe(204);
  });

  it("looks at the cookie first, since Authorization may be the notebook's own, and asks nobody about that", async () => {
    expect((await ask({ cookies: signedIn('ada'), headers: { authorization: 'Bearer of-the-notebook' } })).statusCode).toBe(204);
    expect((await ask({ cookies: signedIn('ada'), headers: { authorization: 'token of-the-notebook' } })).statusCode).toBe(204);
    expect(asked).toEqual(['token-ada', 'token-ada']);
  });

  it('refuses somebody else, whatever cookies of sessions they have', async () => {
    const secret = (await front.store.secret(uid)) as string;
    const own = (await front.store.secret(bobs)) as string;
    for (const cookie of [secret, own]) {
      const answer = await ask({ cookies: { ...signedIn('bob'), narrative_session: cookie }, headers: JSON_HEADERS });
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'not-yours']);
    }
    expect((await ask({ cookies: signedIn('bob') })).headers['set-cookie']).toBeUndefined();
  });

  it('goes by the session that Traefik names, not by the headers that clients can write', async () => {
    const lies = {
      'x-forwarded-uri': `${VERIFY_PATH}${bobs}`,
      'x-forwarded-user': 'ada',
      'x-original-url': '/',
      [PROBE_HEADER]: proof(bobs),
    };
    expect((await ask({ cookies: signedIn('bob'), headers: lies })).statusCode).toBe(403);
    expect((await ask({ cookies: signedIn('bob') }, bobs)).statusCode).toBe(204);
  });

  it('tells a page whose notebook is somebody else’s so, and takes the cookie away that led there', async () => {
    const answer = await ask({ cookies: signedIn('bob'), headers: PAGE_HEADERS });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(answer.cookies).toEqual([expect.objectContaining({ name: 'narrative_session', value: '', path: '/' })]);
  });

  it('leads pages of people who are not signed in to where they can be, and refuses all else', async () => {
    const page = await ask({ headers: PAGE_HEADERS });
    expect([page.statusCode, page.headers.location]).toEqual([302, expect.stringContaining(encodeURIComponent('/narrative/tree?a=1'))]);
    const socket = { ...PAGE_HEADERS, 'sec-fetch-mode': 'websocket', 'sec-websocket-key': 'abc' };
    const save = { ...PAGE_HEADERS, 'x-forwarded-method': 'PUT' };
    for (const headers of [{}, JSON_HEADERS, socket, save]) expect((await ask({ headers })).statusCode).toBe(401);
    expect((await ask({ headers: JSON_HEADERS, cookies: { kbase_session: 'stale' } })).statusCode).toBe(403);
  });

  it('leads nobody elsewhere', async () => {
    for (const uri of ['https://evil.example/', '//evil.example/', '/\\evil.example'])
      expect((await ask({ headers: { ...PAGE_HEADERS, 'x-forwarded-uri': uri } })).headers.location).not.toContain('evil');
  });

  it("lets a probe of the controller's through, of this session only", async () => {
    expect((await ask({ headers: { [PROBE_HEADER]: proof(uid) } })).statusCode).toBe(204);
    for (const wrong of [proof(bobs), 'x', '']) expect((await ask({ headers: { [PROBE_HEADER]: wrong } })).statusCode).toBe(401);
    expect(asked).toEqual([]);
  });

  it('says that a session is gone which is', async () => {
    front.store.remove(ADA);
    const answer = await ask({ cookies: signedIn('ada') });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
  });

  it('lets the person through for whom an imported session waits', async () => {
    front.store.change(ADA, ({ spec }) => {
      spec.owner.name = IMPORTED_OWNER;
    });
    expect((await ask({ cookies: signedIn('ada') })).statusCode).toBe(204);
    expect((await ask({ cookies: signedIn('bob') })).statusCode).toBe(403);
  });

  it('is counted apart and says nothing in the log', async () => {
    const before = front.logs().split('\n').length;
    await ask({ cookies: signedIn('ada') });
    expect(
      front
        .logs()
        .split('\n')
        .slice(before - 1)
        .join(''),
    ).not.toContain('"level":30');
    expect(await front.registry.metrics()).toContain('mooring_front_requests_total{door="verify",code="204"} 1');
  });

  it('is not there unless it is wanted', async () => {
    const plain = await testFront({ identity });
    expect((await plain.app.inject({ url: `${VERIFY_PATH}${uid}`, cookies: signedIn('ada') })).statusCode).toBe(404);
    await plain.app.close();
  });

  it("believes a proxy's header as elsewhere: on the proxy's own connections only", async () => {
    const network = (networks: string[]) =>
      createTrustedHeader({ userHeader: 'X-Forwarded-User', rolesHeader: 'X-Forwarded-Groups', networks });
    const headers = { ...JSON_HEADERS, 'x-forwarded-user': 'ada' };
    for (const [networks, wish, verdict] of [
      [['127.0.0.1'], 202, 204],
      [['10.0.0.1'], 401, 401],
    ] as const) {
      const site = await testFront({ identity: network([...networks]), verify: { proof } });
      expect((await site.app.inject({ url: '/narrative/', headers })).statusCode).toBe(wish);
      const known = site.store.all()[0]?.metadata.uid ?? (await site.store.create('Session', front.store.all()[0] as never)).metadata.uid;
      expect((await site.app.inject({ url: `${VERIFY_PATH}${known}`, headers })).statusCode).toBe(verdict);
      await site.app.close();
    }
  });
});
