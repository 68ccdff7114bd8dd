import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Attempts } from '../../src/direct/attempts.js';
import { hashPassword, isPassword, kindOfHash } from '../../src/direct/passwords.js';
import { Tokens } from '../../src/direct/tokens.js';
import { readUsers, signsIn } from '../../src/direct/users.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a users file', () => {
  /** By the argon2 crate, of 'the-argon2-password' and 'pw'; the salt is public. */
  const ARGON2 = {
    id: '$argon2id$v=19$m=19456,t=2,p=1$LnjD21eU0aPwWfGGyMvuxQ$OQYTj6MQSKzpGiqOoKO8rXB1U2HZqhphX7q5WGAV8ik',
    i: '$argon2i$v=19$m=8192,t=2,p=1$iyeObHyM1gkyPVzr51OPFQ$SxSE1dmTIueN/2P5hoSkxz70rSW2DGUgmDQFUcrQeK8',
  };

  it('takes Argon2 with costs that neither let a password be found nor stop us', async () => {
    const { users, problems } = readUsers(`amy,${ARGON2.id}\nann,${ARGON2.i}\n`);
    expect(problems).toEqual([]);
    expect(await signsIn(users, 'amy', 'the-argon2-password')).toBe(true);
    expect(await signsIn(users, 'amy', 'pw')).toBe(false);
    expect(await signsIn(users, 'ann', 'pw')).toBe(true);
    expect(await signsIn(users, 'nobody', 'pw')).toBe(false);
    const costs = ['m=4095,t=3,p=1', 'm=262145,t=1,p=1', 'm=262144,t=5,p=1', 'm=9999999,t=1,p=1', 'm=19456,t=0,p=1', 'm=19456,t=2,p=9'];
    for (const cost of costs) expect([cost, kindOfHash(ARGON2.id.replace('m=19456,t=2,p=1', cost))]).toEqual([cost, undefined]);
    expect(kindOfHash(ARGON2.id.replace('v=19', 'v=16'))).toBeUndefined();
    const broken = `$argon2id$v=19$m=8192,t=2,p=1$${'A'.repeat(11)}$${'B'.repeat(22)}`;
    expect(await isPassword('pw', broken)).toBe(false);
  });

  it('takes scrypt and the old SHA-256, tells those, and leaves out what is wrong without telling a hash', async () => {
    const hash = await hashPassword('good');
    const { users, problems, old } = readUsers(
      `bob,${hash}\n# nobody\n\nfoo,${sha256('bar')}\na,\nx,$argon2id$v=19$m=1,t=1,p=1$AAAA$BBBB\n`,
    );
    expect([...users.keys()]).toEqual(['bob', 'foo']);
    expect(old).toEqual(['foo']);
    expect(problems).toEqual(['line 5: it has no hash', expect.stringMatching(/^line 6: .*hash-password/)]);
    expect(await signsIn(users, 'bob', 'good')).toBe(true);
    expect(await signsIn(users, 'bob', 'Good')).toBe(false);
    expect(await signsIn(users, 'foo', 'bar')).toBe(true);
    expect(await signsIn(users, 'nobody', '')).toBe(false);
  });

  it('has another hash of a password each time, and none that would take all memory', async () => {
    expect(await hashPassword('a')).not.toBe(await hashPassword('a'));
    expect(kindOfHash(`$scrypt$ln=30,r=32,p=1$${'A'.repeat(22)}$${'B'.repeat(43)}`)).toBeUndefined();
    expect(await isPassword('', '')).toBe(false);
  });
});

describe('a token', () => {
  let now = 1_000;
  const tokens = new Tokens({ key: Buffer.alloc(32, 1), maxAgeSeconds: 60, now: () => now });
  const users = new Map([
    ['bob', 'h1'],
    ['eve', 'h2'],
  ]);

  it('tells its user until it expires', () => {
    const token = tokens.issue('bob', users);
    expect(tokens.read(token, users)).toEqual({ user: 'bob' });
    now += 60_000;
    expect(tokens.read(token, users)).toBe('expired');
  });

  it('is void where it is forged, where its user has another password, or is no more', () => {
    const token = tokens.issue('bob', users);
    const [, until, nonce, signature] = token.split('.');
    const forged = [
      `${Buffer.from('eve').toString('base64url')}.${until}.${nonce}.${signature}`,
      `${token}x`,
      '',
      'a.b.c.d',
      'x'.repeat(9999),
    ];
    forged.push(token.replace(`.${until}.`, `.${Number(until) + 1}.`));
    for (const bad of forged) expect(tokens.read(bad, users)).toBe('invalid');
    expect(tokens.read(token, new Map([['bob', 'h3']]))).toBe('invalid');
    expect(tokens.read(token, new Map())).toBe('invalid');
    expect(new Tokens({ key: Buffer.alloc(32, 2), maxAgeSeconds: 60, now: () => now }).read(token, users)).toBe('invalid');
  });
});

describe('attempts to sign in', () => {
  it('are refused after ten that failed within a minute, by address or by user; good ones cost nothing', async () => {
    let now = 0;
    const attempts = new Attempts(() => now);
    const fail = (address: string, user: string) => attempts.run([address, user], async () => false);
    for (let count = 0; count < 20; count++) expect(await attempts.run(['x', 'good'], async () => true)).toBe(true);
    for (let count = 0; count < 10; count++) expect(await fail('a', `u${count}`)).toBe(false);
    await expect(fail('a', 'other')).rejects.toMatchObject({ status: 429, retryAfter: 60 });
    for (let count = 0; count < 10; count++) await fail(`b${count}`, 'bob');
    await expect(fail('c', 'bob')).rejects.toMatchObject({ status: 429 });
    now = 60_001;
    expect(await fail('a', 'bob')).toBe(false);
  });

  it('are not many at once', async () => {
    const attempts = new Attempts(() => 0);
    let free = (): void => undefined;
    const busy = new Promise<void>((resolve) => {
      free = resolve;
    });
    const held = Array.from({ length: 4 }, (_, number) => attempts.run([`${number}`], () => busy.then(() => true)));
    await expect(attempts.run(['more'], async () => true)).rejects.toMatchObject({ status: 429 });
    free();
    expect(await Promise.all(held)).toEqual([true, true, true, true]);
  });
});
