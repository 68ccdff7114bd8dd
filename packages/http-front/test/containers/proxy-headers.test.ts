import { describe, expect, it } from '@jest/globals';
import { cookieFrom, cookiesFor } from '../../src/containers/proxy/cookies.js';
import { headersFor, headersFrom, locationFrom } from '../../src/containers/proxy/headers.js';
import { pathBelow } from '../../src/containers/proxy/target.js';

const PLACE = { id: 'a'.repeat(32), port: 8080 };
const MARK = `c-${PLACE.id}-8080-`;
const PATH = `/v1/container/${PLACE.id}/proxy/8080/`;
const SENDER = { ip: '192.0.2.7', protocol: 'https', host: 'lab.example' };

describe('a container is told nothing by which somebody is known', () => {
  it('of cookies only those that it set itself', () => {
    const header = `kbase_session=secret; ${MARK}sid=1=2; mooring_containers=x;${MARK}b=; c-${'b'.repeat(32)}-8080-sid=other; ${MARK}`;
    expect(cookiesFor(PLACE, header)).toBe('sid=1=2; b=');
    expect(cookiesFor(PLACE, 'kbase_session=secret')).toBeUndefined();
    expect(cookiesFor(PLACE, undefined)).toBeUndefined();
  });

  it('no credentials, nothing of the connection, and nothing that was made up of where it is from', () => {
    const headers = {
      host: 'elsewhere',
      authorization: 'Bearer x',
      'proxy-authorization': 'Basic x',
      cookie: 'kbase_session=x',
      token: 'x',
      connection: 'close, x-hop',
      'x-hop': '1',
      te: 'trailers',
      'transfer-encoding': 'chunked',
      upgrade: 'websocket',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-user': 'root',
      'x-real-ip': '10.0.0.1',
      forwarded: 'for=10.0.0.1',
      accept: 'text/html',
      'sec-websocket-key': 'k',
    };
    expect(headersFor(PLACE, headers, SENDER)).toEqual({
      accept: 'text/html',
      'sec-websocket-key': 'k',
      host: 'lab.example',
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-host': 'lab.example',
      'x-forwarded-prefix': PATH.slice(0, -1),
      'x-forwarded-proto': 'https',
    });
  });
});

describe('a container keeps to its own place', () => {
  it.each([
    ['sid=1', `${MARK}sid=1; Path=${PATH}`],
    ['sid=1; Path=/app; Domain=lab.example; HttpOnly', `${MARK}sid=1; HttpOnly; Path=${PATH}app`],
    ['kbase_session=stolen; path = /', `${MARK}kbase_session=stolen; Path=${PATH}`],
    ['sid=1; Path=elsewhere; Secure; SameSite=Lax', `${MARK}sid=1; Secure; SameSite=Lax; Path=${PATH}`],
    ['no name', undefined],
    ['=x', undefined],
  ])('with the cookie %p', (given, kept) => {
    expect(cookieFrom(PLACE, given)).toBe(kept);
  });

  it.each([
    ['/login?next=/', `${PATH}login?next=/`],
    ['http://127.0.0.9:8080/x', `${PATH}x`],
    ['https://lab.example/x', `${PATH}x`],
    [`${PATH}x`, `${PATH}x`],
    ['x/y', 'x/y'],
    ['//evil.example/x', '//evil.example/x'],
    ['https://elsewhere.example/x', 'https://elsewhere.example/x'],
  ])('when it leads to %p', (given, kept) => {
    expect(locationFrom(PLACE, given, ['lab.example', '127.0.0.9:8080'])).toBe(kept);
  });

  it('and says nothing for the whole site', () => {
    const said = {
      'content-type': 'text/html',
      connection: 'keep-alive',
      'clear-site-data': '"*"',
      'service-worker-allowed': '/',
      'strict-transport-security': 'max-age=0',
      'set-cookie': ['sid=1', 'x'],
      'content-security-policy': "default-src 'self'",
    };
    const headers = headersFrom(said, { place: PLACE, hosts: [], isOwner: true });
    expect(headers).toEqual({
      'content-type': 'text/html',
      'set-cookie': [`${MARK}sid=1; Path=${PATH}`],
      'content-security-policy': ["default-src 'self'", "frame-ancestors 'self'"],
    });
    const others = headersFrom({}, { place: PLACE, hosts: [], isOwner: false });
    expect(others['content-security-policy']).toEqual([expect.stringMatching(/sandbox (?!.*allow-same-origin)/)]);
  });

  it('is asked for what was asked for, as it was written', () => {
    expect(pathBelow(`${PATH}a%2Fb//c?x=/y&z=%20`)).toBe('/a%2Fb//c?x=/y&z=%20');
    expect(pathBelow(PATH)).toBe('/');
  });
});
