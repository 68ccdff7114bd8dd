import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { hashPassword } from '@mooring/http-front';
import { noteSecret } from '../../../../leaks/watch.js';
import { openAdminPassword } from '../../src/passwords/admin.js';
import { isPasswordHash, verifyPassword } from '../../src/passwords/hash.js';

const folder = mkdtempSync(join(tmpdir(), 'mooring-passwords-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of `boatload`, as Django 1.9 makes it: 20 rounds, to be quick. */
const DJANGO = 'pbkdf2_sha256$20$salt$XMmxepJFqtt7d+JGw3kX9g7B7y8vr3LpXFhRCEBoiqU=';

describe('a password', () => {
  it('is known by its hash, and by no other', async () => {
    const hash = await hashPassword('correct horse');
    expect([isPasswordHash(hash), await verifyPassword('correct horse', hash)]).toEqual([true, true]);
    expect(await verifyPassword('correct  horse', hash)).toBe(false);
    expect(await hashPassword('correct horse')).not.toBe(hash);
  });

  it('is known by a hash of Django, too', async () => {
    expect([isPasswordHash(DJANGO), await verifyPassword('boatload', DJANGO), await verifyPassword('other', DJANGO)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is not known by what is no hash', async () => {
    for (const text of ['', 'admin', '$scrypt$ln=30,r=8,p=1$YWFhYWFhYWFhYWFhYWFhYQ$x', 'a'.repeat(64)])
      expect(isPasswordHash(text)).toBe(false);
    expect(await verifyPassword('admin', 'admin')).toBe(false);
  });

  it('of the administrator is made once and kept, and told when it is made', async () => {
    const first = await openAdminPassword(folder, undefined);
    noteSecret(first.made);
    expect(readFileSync(join(folder, 'admin-password'), 'utf8').trim()).toBe(first.made);
    const second = await openAdminPassword(folder, undefined);
    expect(second.made).toBeUndefined();
    expect([await second.check(first.made ?? ''), await second.check('admin')]).toEqual([true, false]);
    const third = await openAdminPassword(folder, DJANGO);
    expect([third.made, await third.check('boatload'), await third.check(first.made ?? '')]).toEqual([undefined, true, false]);
  });
});
