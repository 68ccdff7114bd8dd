import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import { JSON_HEADERS } from '../../support/front.js';
import { type OidcFront, oidcFront } from '../../support/oidc-front.js';
import { CLIENT, newKey, OpenId } from '../../support/openid.js';

let openId: OpenId;
let front: OidcFront;
beforeEach(async () => {
  openId = await OpenId.open();
  front = await oidcFront(openId);
});
afterEach(async () => {
  await front.app.close();
  await openId.close();
});

const ask = (token: string, url = '/narrative/') =>
  front.app.inject({ url, headers: { ...JSON_HEADERS, authorization: `Bearer ${token}` } });
const past = () => Math.floor(Date.now() / 1000) - 60;

describe('a JWT of the provider', () => {
  it('is as good as a sign-in, and its roles count', async () => {
    expect((await ask(await openId.token())).json().name).toBe('narrative-ada-e4ea29');
    expect((await ask(await openId.token(), '/narrative_status/')).json().narrative_services).toHaveLength(1);
    const { statusCode } = await front.app.inject({
      method: 'DELETE',
      url: '/narrative_shutdown/',
      headers: { authorization: `Bearer ${await openId.token()}` },
    });
    expect(statusCode).toBe(200);
  });

  it('costs no question once the keys are known', async () => {
    await ask(await openId.token());
    openId.asked.length = 0;
    for (let times = 0; times < 3; times += 1) expect((await ask(await openId.token())).statusCode).toBe(202);
    expect(openId.asked).toEqual([]);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['of another issuer', () => ({ iss: 'https://evil.example' })],
    ['for somebody else', () => ({ aud: 'another' })],
    ['for nobody', () => ({ aud: undefined })],
    ['that has expired', () => ({ exp: past() })],
    ['without an end', () => ({ exp: undefined })],
    ['from the future', () => ({ nbf: past() + 600 })],
    ['that names nobody', () => ({ preferred_username: undefined })],
    ['of nobody', () => ({ sub: undefined })],
    ['of a reserved name', () => ({ preferred_username: 'system:pool' })],
    ['of a name that is none', () => ({ preferred_username: ['ada'] })],
  ])('%s is rejected', async (_what, claims) => {
    expect((await ask(await openId.token(claims()))).statusCode).toBe(403);
  });

  it('is for the audience that is configured', async () => {
    await front.app.close();
    front = await oidcFront(openId, { audience: 'notebooks' });
    expect((await ask(await openId.token({ aud: 'notebooks' }))).statusCode).toBe(202);
    expect((await ask(await openId.token({ aud: CLIENT }))).statusCode).toBe(403);
  });

  it('needs the provider’s signature: not another’s, none, or one by its public key', async () => {
    const { kty = '', n = '', e = '', kid = '' } = openId.key.jwk;
    const spki = await exportSPKI((await importJWK({ kty, n, e }, 'RS256', { extractable: true })) as CryptoKey);
    const claims = { iss: openId.issuer, aud: CLIENT, sub: 'ada', preferred_username: 'ada', exp: past() + 600 };
    const confused = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.from(spki));
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    for (const token of [await openId.token({}, await newKey('one')), confused, unsigned, 'a.b.c', 'a.b.c.d.e', 'a'])
      expect((await ask(token)).statusCode).toBe(403);
  });

  it('may be signed with a new key, which is asked for once in a while', async () => {
    await ask(await openId.token());
    const fresh = await newKey('two');
    const { d: _private, ...published } = fresh.jwk;
    openId.trouble = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [published] }));
    const asked = () => openId.asked.filter((path) => path === '/jwks').length;
    expect((await ask(await openId.token({}, fresh))).statusCode).toBe(403);
    expect(asked()).toBe(1);
    front.wait(31_000);
    expect((await ask(await openId.token({}, fresh))).statusCode).toBe(202);
    for (let times = 0; times < 5; times += 1)
      expect((await ask(await openId.token({}, await newKey(`made-up-${times}`)))).statusCode).toBe(403);
    expect(asked()).toBe(2);
  });
});
