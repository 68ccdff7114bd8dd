import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localPath, MAX_URL_LENGTH, urlProblem } from '../../src/http/url.js';

describe('localPath', () => {
  it.each([
    ['/narrative/', '/narrative/'],
    ['/narrative/tree?x=1&y=%2F#top', '/narrative/tree?x=1&y=%2F#top'],
    ['/narrative/a//b', '/narrative/a//b'],
    ['/narrative/?next=http://evil/', '/narrative/?next=http://evil/'],
    ['/ü', '/%C3%BC'],
  ])('keeps %s', (given, expected) => {
    expect(localPath(given, '/home/')).toBe(expected);
  });

  it.each([
    '',
    'narrative',
    'http://evil/',
    'javascript:alert(1)',
    '//evil/',
    '///evil',
    '/\\evil',
    '/\\/evil',
    '\\\\evil',
    '/\t/evil',
    '/\n/evil',
    '/..//evil',
    '/.//evil',
    ' //evil',
    `/${'a'.repeat(MAX_URL_LENGTH)}`,
    undefined,
    ['/narrative/'],
  ])('refuses %j', (given) => {
    expect(localPath(given, '/home/')).toBe('/home/');
  });

  it('never leads to another origin, whatever it is given', () => {
    const hostile = fc.array(
      fc.constantFrom('/', '\\', '.', '..', '%2f', '\t', '\n', '\r', ' ', ':', '@', 'http:', 'evil.example', '?', '#', '\u0000'),
    );
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => `/${text}`),
      hostile.map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (given) => {
        const path = localPath(given, '/home/');
        expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
        expect(new URL(path, 'https://here.example/narrative/x').origin).toBe('https://here.example');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('urlProblem', () => {
  it('says what is wrong', () => {
    expect(urlProblem('/narrative/')).toBeUndefined();
    expect(urlProblem(`/${'a'.repeat(MAX_URL_LENGTH - 1)}`)).toBeUndefined();
    expect(urlProblem(`/${'a'.repeat(MAX_URL_LENGTH)}`)?.status).toBe(414);
    expect(urlProblem('/narrative/%00')?.status).toBe(400);
  });
});
