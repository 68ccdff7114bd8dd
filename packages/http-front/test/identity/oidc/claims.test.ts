import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { claimNamed, identityOf } from '../../../src/identity/oidc/claims.js';

const NAMES = { user: 'preferred_username', roles: 'realm_access.roles' };

describe('identityOf', () => {
  it('reads name and roles, by a path too', () => {
    const claims = { sub: '1', preferred_username: 'ada', realm_access: { roles: ['ops', 'staff'] } };
    expect(identityOf(claims, NAMES)).toEqual({ user: 'ada', roles: ['ops', 'staff'] });
    expect(identityOf(claims, { user: 'sub', roles: 'groups' })).toEqual({ user: '1', roles: [] });
  });

  it('takes words in a string for roles, and a claim with dots in its name for what it is', () => {
    const claims = { sub: 'ada', 'https://lab.example/roles': 'ops, staff' };
    expect(identityOf(claims, { user: 'sub', roles: 'https://lab.example/roles' })).toEqual({ user: 'ada', roles: ['ops', 'staff'] });
  });

  it.each([undefined, null, '', 7, true, ['ada'], { a: 1 }, 'x'.repeat(257)])('names nobody by %j', (preferred_username) => {
    expect(identityOf({ preferred_username }, NAMES)).toBeUndefined();
  });

  it.each([undefined, 7, [1], { a: 'b' }])('has no roles by %j', (roles) => {
    expect(identityOf({ preferred_username: 'ada', realm_access: { roles } }, NAMES)?.roles).toEqual([]);
  });
});

describe('claimNamed', () => {
  it('finds nothing that the claims don’t hold themselves', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'a.constructor.name', 'a.__proto__', 'a..', '.']) {
      expect(claimNamed({ a: {} }, name)).toBeUndefined();
    }
  });

  it('bears any claims and any name', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (claims, name) => {
        claimNamed(claims, name);
      }),
    );
  });
});
