import { describe, expect, it } from '@jest/globals';
import { isNavigation, wantsJson, wantsPage } from '../../src/http/navigation.js';

const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

type Row = [what: string, method: string, headers: Record<string, string>, expected: boolean];

const ROWS: Row[] = [
  ['a browser opens a page', 'GET', { 'sec-fetch-mode': 'navigate', accept: HTML }, true],
  ['a navigation without Accept', 'GET', { 'sec-fetch-mode': 'navigate' }, true],
  ['a navigation that names a referrer', 'GET', { 'sec-fetch-mode': 'navigate', accept: HTML, referer: 'http://x/' }, true],
  ['a fetch that accepts HTML', 'GET', { 'sec-fetch-mode': 'cors', accept: HTML }, false],
  ['a same-origin fetch for JSON', 'GET', { 'sec-fetch-mode': 'same-origin', accept: 'application/json' }, false],
  ['an image', 'GET', { 'sec-fetch-mode': 'no-cors', accept: 'image/*' }, false],
  ['a websocket by its mode', 'GET', { 'sec-fetch-mode': 'websocket', accept: HTML }, false],
  ['an empty mode', 'GET', { 'sec-fetch-mode': '', accept: HTML }, false],
  ['two modes', 'GET', { 'sec-fetch-mode': 'navigate, cors', accept: HTML }, false],
  ['an old browser opens a page', 'GET', { accept: HTML }, true],
  ['an old browser follows a link', 'GET', { accept: HTML, referer: 'http://x/' }, true],
  ['a script asks for JSON', 'GET', { accept: 'application/json' }, true],
  ['a script asks for JSON among others', 'GET', { accept: 'application/json, text/plain, */*' }, true],
  ['XHR for JSON', 'GET', { accept: 'application/json', 'x-requested-with': 'XMLHttpRequest' }, false],
  ['a page’s script asks for JSON', 'GET', { accept: 'application/json', referer: 'http://x/narrative/' }, false],
  ['a script of another origin asks for JSON', 'GET', { accept: 'application/json', origin: 'http://y' }, false],
  ['an empty Origin is one too', 'GET', { accept: 'application/json', origin: '' }, false],
  ['anything goes', 'GET', { accept: '*/*' }, false],
  ['no Accept', 'GET', {}, false],
  ['HTML refused by q=0', 'GET', { accept: 'text/html;q=0, */*' }, false],
  ['HTML in capitals, with a parameter', 'GET', { accept: 'TEXT/HTML;level=1;q=0.5' }, true],
  ['a type that begins alike', 'GET', { accept: 'text/html-fragment, application/json+ld' }, false],
  ['an upgrade that accepts HTML', 'GET', { accept: HTML, upgrade: 'websocket', connection: 'Upgrade' }, false],
  ['HEAD', 'HEAD', { 'sec-fetch-mode': 'navigate', accept: HTML }, false],
  ['a form', 'POST', { 'sec-fetch-mode': 'navigate', accept: HTML }, false],
  ['a save', 'PUT', { accept: 'application/json' }, false],
  ['a preflight', 'OPTIONS', { 'sec-fetch-mode': 'cors' }, false],
];

describe('isNavigation', () => {
  it.each(ROWS)('%s', (_what, method, headers, expected) => {
    expect(isNavigation(method, headers)).toBe(expected);
  });
});

describe('the form of the answer', () => {
  it('is HTML wherever HTML is accepted, JSON only where it is asked for alone', () => {
    expect(wantsJson({ accept: 'application/json' })).toBe(true);
    expect(wantsJson({ accept: 'application/json, text/html' })).toBe(false);
    expect(wantsJson({ accept: '*/*' })).toBe(false);
    expect(wantsJson({})).toBe(false);
  });

  it('tells a problem by a page to those who look at it, a form’s POST among them', () => {
    expect(wantsPage({ accept: HTML, 'sec-fetch-mode': 'navigate' })).toBe(true);
    expect(wantsPage({ accept: HTML })).toBe(true);
    expect(wantsPage({ accept: HTML, 'sec-fetch-mode': 'cors' })).toBe(false);
    expect(wantsPage({ accept: HTML, upgrade: 'websocket' })).toBe(false);
    expect(wantsPage({ accept: '*/*' })).toBe(false);
  });
});
