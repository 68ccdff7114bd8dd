import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkReadyPage, readyUrl } from '../../src/narrative/ready-page.js';
import { testFront } from '../support/front.js';

const PAGE = '/load-narrative.html?n={}&check=true';

describe('readyUrl', () => {
  it.each([
    ['/narrative/ws.1.obj.2', '/load-narrative.html?n=ws.1.obj.2&check=true'],
    ['/narrative/', '/load-narrative.html?n=&check=true'],
    ['/narrative/a%20b?x=1&y=2', '/load-narrative.html?n=a%2520b%3Fx%3D1%26y%3D2&check=true'],
    ['/narrative/$&', '/load-narrative.html?n=%24%26&check=true'],
  ])('leads from %s to %s', (target, url) => {
    expect(readyUrl(target, PAGE)).toBe(url);
    expect(readyUrl(target, undefined)).toBe(target);
  });

  it('hands on what was asked for, whatever it is', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const target = `/narrative/${path}`;
        expect(new URL(readyUrl(target, PAGE), 'http://lab.example').searchParams.get('n')).toBe(path);
      }),
    );
  });
});

describe('checkReadyPage', () => {
  it.each([PAGE, '/{}', '/nb/{}?a'])('takes %s', (page) => {
    expect(() => checkReadyPage(page)).not.toThrow();
  });

  it.each(['', 'a/{}', '//evil.example/{}', '/\\evil.example/{}', '/a', '/{}{}', '/ {}', 'https://evil.example/{}'])(
    'refuses %j',
    (page) => {
      expect(() => checkReadyPage(page)).toThrow('readyPage');
    },
  );

  it('is asked before the front opens', async () => {
    await expect(testFront({ settings: { readyPage: '/a' } })).rejects.toThrow('must be a path of this site that holds {} once');
  });
});
