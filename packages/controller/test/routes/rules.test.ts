import { describe, expect, it } from '@jest/globals';
import { cookieRule, fallbackRule } from '../../src/routes/rules.js';

const route = { type: 'cookie' as const, cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] as string[] };
const ID = 'ab'.repeat(32);

/** The regular expressions of a rule, in order. */
const regexps = (rule: string): RegExp[] =>
  [...rule.matchAll(/Headers?Regexp\(`Cookie`, `([^`]+)`\)/g)].map((match) => new RegExp(match[1] as string));

describe('cookieRule', () => {
  it('matches the cookie in two stages, in the words of either Traefik', () => {
    expect(cookieRule(route, ID, 'v3')).toBe(
      `PathPrefix(\`/narrative/\`) && HeaderRegexp(\`Cookie\`, \`narrative_session=${ID}\`) && HeaderRegexp(\`Cookie\`, \`(?:^|;\\s*)narrative_session=${ID}(?:;|$)\`)`,
    );
    expect(cookieRule(route, ID, 'v2')).toBe(cookieRule(route, ID, 'v3').replaceAll('HeaderRegexp', 'HeadersRegexp'));
  });

  it('puts several hosts in parentheses: without them the first host would need no cookie', () => {
    expect(cookieRule({ ...route, hosts: ['a.example', 'b.example'] }, ID, 'v3')).toMatch(
      /^\(Host\(`a\.example`\) \|\| Host\(`b\.example`\)\) && PathPrefix/,
    );
  });

  const cookies: [string, boolean][] = [
    [`narrative_session=${ID}`, true],
    [`a=b; narrative_session=${ID}`, true],
    [`a=b;narrative_session=${ID};c=d`, true],
    [`xnarrative_session=${ID}`, false],
    [`narrative_session=${ID}0`, false],
    [`narrative_session=${ID.slice(1)}`, false],
    [`a=narrative_session=${ID}`, false],
    ['', false],
  ];
  it.each(cookies)('%s: %s', (header, matches) => {
    expect(regexps(cookieRule(route, ID, 'v3')).every((regexp) => regexp.test(header))).toBe(matches);
  });

  it.each(['', 'abc', `${ID}"`, `${ID.slice(2)}.*`, ID.toUpperCase()])(
    'refuses the secret %p, which would become part of a regular expression',
    (secret) => {
      expect(() => cookieRule(route, secret, 'v3')).toThrow(TypeError);
    },
  );

  it('takes the 32 digits that narrative-traefiker gave', () => {
    expect(() => cookieRule(route, 'ab'.repeat(16), 'v3')).not.toThrow();
  });
});

describe('fallbackRule', () => {
  it('takes a path with a star by prefix and others exactly', () => {
    expect(fallbackRule(['/narrative*', '/login', '/'], [])).toBe('PathPrefix(`/narrative`) || Path(`/login`) || Path(`/`)');
  });

  it('binds hosts and paths each in parentheses', () => {
    expect(fallbackRule(['/narrative*'], ['a.example'])).toBe('(Host(`a.example`)) && (PathPrefix(`/narrative`))');
  });
});
