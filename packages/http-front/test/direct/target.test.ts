import { describe, expect, it } from '@jest/globals';
import type { DirectSettings } from '../../src/direct/settings.js';
import { isTricky, targetOf } from '../../src/direct/target.js';
import { preferredWait } from '../../src/http/prefer.js';

const everywhere: DirectSettings = {
  cookie: { name: 'instance', allowPlain: false },
  path: { prefix: '/apps' },
  hosts: [],
  entryPoints: ['web'],
  tls: false,
  fallbackUrl: '/home',
  reserved: ['/narrative*', '/login'],
};
const own: DirectSettings = { ...everywhere, hosts: ['apps.example'] };
const asked = (path: string, { host = 'site.example', cookie }: { host?: string; cookie?: string } = {}) => ({ host, path, cookie });
const isPathRouted = (name: string): boolean => name === 'web-1';

describe('whom a request is for', () => {
  it('is who the cookie names, and nobody without one', () => {
    expect(targetOf(asked('/', { cookie: 'x' }), everywhere, isPathRouted)).toEqual({ by: 'cookie', value: 'x' });
    expect(targetOf(asked('/'), everywhere, isPathRouted)).toBeUndefined();
  });

  it.each(['/narrative/', '/narrative_session/x', '/login'])('is never taken from the front itself: %s', (path) => {
    expect(targetOf(asked(path, { cookie: 'x' }), everywhere, isPathRouted)).toBeUndefined();
  });

  it("is who the path names, if that one goes by its path: what goes by a cookie, or is a person's, is not to be woken by its name", () => {
    expect(targetOf(asked('/apps/web-1/x'), everywhere, isPathRouted)).toEqual({ by: 'path', name: 'web-1' });
    for (const path of ['/apps/minion-1/', '/apps/narrative-alice-522b27/', '/apps/', '/apps/web-1%2fx', '/apps/../web-1'])
      expect(targetOf(asked(path), everywhere, isPathRouted)).toEqual({ by: 'path', name: undefined });
  });

  it('below the prefix is nobody whom the cookie names, but where the prefix is all there is', () => {
    for (const settings of [everywhere, own]) {
      const at = { host: settings.hosts[0] ?? 'site.example', cookie: 'x' };
      expect(targetOf(asked('/apps/web-1/', at), settings, isPathRouted)).toEqual({ by: 'path', name: 'web-1' });
      expect(targetOf(asked('/apps/none/', at), settings, isPathRouted)).toEqual({ by: 'path', name: undefined });
    }
    const root = { ...own, path: { prefix: '' } };
    expect(targetOf(asked('/none/', { host: 'apps.example', cookie: 'x' }), root, isPathRouted)).toEqual({ by: 'cookie', value: 'x' });
  });

  it('is always theirs on hosts of their own, but for the pages of the front, and nowhere else', () => {
    expect(targetOf(asked('/narrative/', { host: 'apps.example' }), own, isPathRouted)).toEqual({ by: 'cookie', value: undefined });
    expect(targetOf(asked('/narrative_session/-/x', { host: 'apps.example' }), own, isPathRouted)).toBeUndefined();
    expect(targetOf(asked('/', { cookie: 'x' }), own, isPathRouted)).toBeUndefined();
  });
});

it.each(['/a/../b', '/a/..', '/a/%2e%2E/b', '/a/%2fb', '/a%5Cb', '/a\\b', '/./a'])('%s would lead elsewhere', (path) => {
  expect(isTricky(path)).toBe(true);
});
it.each(['/', '/a.b/..c/d..', '/a%20b'])('%s would not', (path) => {
  expect(isTricky(path)).toBe(false);
});

it('reads how long a program would wait', () => {
  expect(preferredWait('wait=5')).toBe(5);
  expect(preferredWait(['respond-async, wait=10'])).toBe(10);
  expect(preferredWait('wait=999')).toBe(60);
  expect(preferredWait('await=5')).toBeUndefined();
  expect(preferredWait(undefined)).toBeUndefined();
});
