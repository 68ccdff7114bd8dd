import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Harness } from '../support/harness.js';

let rancher: Harness;
beforeAll(async () => {
  rancher = await Harness.start();
  await rancher.stack();
});
afterAll(async () => rancher.end());

const BROWSER = { 'user-agent': 'Mozilla/5.0', accept: 'text/html,*/*;q=0.8' };

const get = (path: string, headers: Record<string, string>): Promise<Response> => fetch(`${rancher.project}${path}`, { headers });

describe('a browser', () => {
  it('gets the JSON in a page', async () => {
    const response = await get('/stacks', BROWSER);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const page = await response.text();
    expect(page).toMatch(/^<!DOCTYPE html>/);
    expect(page).toContain('"type":"collection"');
  });

  it('gets errors in a page too, with their status', async () => {
    const response = await get('/bogus', BROWSER);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, expect.stringMatching(/^text\/html/)]);
  });

  it.each([
    ['it takes HTML only (10-11)', '', { ...BROWSER, accept: 'text/html' }],
    ['it is no Mozilla', '', { ...BROWSER, 'user-agent': 'curl/8' }],
    ['the address says so', '?_format=json', BROWSER],
  ])('gets JSON where %s', async (_why, query, headers) => {
    expect((await get(`/stacks${query}`, headers)).headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('gets a page where the address says so', async () => {
    expect((await get('/stacks?_format=html', {})).headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('finds no interface here', async () => {
    expect((await fetch(new URL('/', rancher.rancher.url), { headers: BROWSER })).status).toBe(404);
  });
});

describe('forwarded headers', () => {
  const linkFor = async (headers: Record<string, string>): Promise<string> => {
    const { body } = await rancher.call('GET', 'stacks', undefined, headers);
    return new URL((body.links as { self: string }).self).origin;
  };
  const own = (): string => new URL(rancher.rancher.url).origin;

  it.each([
    [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'fwd.example' }, 'https://fwd.example'],
    [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'fwd.example', 'x-forwarded-port': '443' }, 'https://fwd.example'],
    [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'fwd.example:1', 'x-forwarded-port': '8443' }, 'https://fwd.example:8443'],
    [{ 'x-forwarded-proto': 'https, http', 'x-forwarded-host': 'a.example, b.example' }, 'https://a.example'],
  ])('%j make links of %s (11-11)', async (headers, origin) => {
    expect(await linkFor(headers)).toBe(origin);
  });

  it('are not heard without a protocol', async () => {
    expect(await linkFor({ 'x-forwarded-host': 'fwd.example' })).toBe(own());
    expect(await linkFor({ 'x-api-request-url': 'https://x.example/v2-beta' })).toBe(own());
  });

  it('name the client', async () => {
    const { headers } = await rancher.call('GET', 'stacks', undefined, { 'x-forwarded-for': '9.9.9.9, 10.0.0.1' });
    expect(headers.get('x-api-client-ip')).toBe('9.9.9.9');
  });
});
