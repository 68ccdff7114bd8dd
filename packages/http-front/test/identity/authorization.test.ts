import { afterEach, describe, expect, it } from '@jest/globals';
import { authorizationToken } from '../../src/identity/authorization.js';
import { as, JSON_HEADERS, type TestFront, testFront } from '../support/front.js';

describe('authorizationToken', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc', 'abc'],
    ['abc', 'abc'],
    [' abc ', 'abc'],
  ])('reads %j', (header, token) => {
    expect(authorizationToken(header)).toBe(token);
  });

  it.each([undefined, '', ' ', 'Basic YTpi', 'token abc', 'Bearer a b', 'Digest a=b, c=d'])('has nothing of %j', (header) => {
    expect(authorizationToken(header)).toBeUndefined();
  });
});

describe('a token in Authorization', () => {
  let front: TestFront;
  afterEach(() => front.app.close());

  it('goes before the cookie, and alone decides', async () => {
    front = await testFront();
    const ask = (authorization: string) => front.app.inject(as('bob', { headers: { ...JSON_HEADERS, authorization }, url: '/narrative/' }));
    expect((await ask('Bearer token-ada')).json().name).toBe('narrative-ada-e4ea29');
    expect((await ask('token-ada')).json().name).toBe('narrative-ada-e4ea29');
    expect((await ask('Bearer made-up')).statusCode).toBe(403);
    expect((await ask('Bearer down')).statusCode).toBe(503);
    // A browser's own, and Jupyter's: then it is the cookie's person.
    expect((await ask('Basic YTpi')).json().name).toMatch(/^narrative-bob-/);
    expect((await ask('token abc')).json().name).toMatch(/^narrative-bob-/);
  });

  it('is in no log', async () => {
    front = await testFront();
    for (const authorization of ['Bearer token-ada', 'token-ada', 'Bearer down', 'Bearer made-up'])
      await front.app.inject({ url: '/narrative/', headers: { ...JSON_HEADERS, authorization } });
    for (const word of ['token-ada', 'made-up', 'Bearer']) expect(front.logs()).not.toContain(word);
  });
});
