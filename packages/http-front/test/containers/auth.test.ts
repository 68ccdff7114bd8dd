import { describe, expect, it } from '@jest/globals';
import { decodeJwt, SignJWT } from 'jose';
import { noteSecret } from '../../../../leaks/watch.js';
import { oneAtATime } from '../../src/containers/auth/password-queue.js';
import { Tokens } from '../../src/containers/auth/tokens.js';

const KEY = Buffer.alloc(32, 5);
const ADA = { user: 'ada', admin: false };

describe('tokens', () => {
  const clock = { now: Date.parse('2030-01-02T03:04:05Z') };
  const tokens = new Tokens(KEY, () => clock.now);

  it('say whose they are, for what they are for, until their time is over', async () => {
    const token = await tokens.issue(ADA, 'access');
    noteSecret(token);
    expect(await tokens.read(token, 'access')).toEqual(ADA);
    expect(await tokens.read(token, 'refresh')).toBeUndefined();
    const later = new Tokens(KEY, () => clock.now + 15 * 60_000 + 1000);
    expect(await later.read(token, 'access')).toBeUndefined();
  });

  it('are nobody else’s to make', async () => {
    const token = await tokens.issue(ADA, 'access');
    const claims = { ...decodeJwt(token), admin: true };
    const signed = (key: Uint8Array, alg = 'HS256', more: object = {}) =>
      new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg }).sign(key);
    const [header, , signature] = token.split('.');
    const forged = [
      await signed(Buffer.alloc(32, 6)),
      await signed(Buffer.concat([KEY, KEY]), 'HS512'),
      await signed(KEY, 'HS256', { aud: 'others' }),
      await signed(KEY, 'HS256', { iss: 'others' }),
      `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`,
      'x',
      '',
    ];
    for (const bad of forged) expect(await tokens.read(bad, 'access')).toBeUndefined();
  });
});

describe('passwords', () => {
  it('are checked one at a time, and not for a crowd', async () => {
    let under = 0;
    let most = 0;
    const check = oneAtATime(async (_user, password) => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return password === 'right';
    }, 3);
    const answers = await Promise.all(['right', 'wrong', 'right', 'right'].map((password) => check('admin', password)));
    expect([answers, most]).toEqual([[true, false, true, undefined], 1]);
  });
});
