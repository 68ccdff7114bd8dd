import type { IncomingMessage } from 'node:http';
import cookie from '@fastify/cookie';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { secretCookie } from '../../src/http/cookies.js';
import { EarlyRequest } from '../../src/http/early.js';
import { commonHeaderList } from '../../src/http/headers.js';
import { inNetworks } from '../../src/http/networks.js';

const isProxy = inNetworks(['127.0.0.1', '10.0.0.0/8']);
const app = Fastify({ trustProxy: isProxy });
app.get('/', async (request) => {
  const early = new EarlyRequest(request.raw, { isProxy, newId: () => 'some-id' });
  return { fastify: [request.ip, request.protocol, request.method], early: [early.ip, early.protocol, early.method] };
});
beforeAll(async () => {
  await app.register(cookie, { hook: false });
});
afterAll(() => app.close());

it('says the same of who sent a request as Fastify does', async () => {
  for (const remoteAddress of ['127.0.0.1', '10.1.2.3', '192.0.2.1', '2001:db8::1']) {
    for (const proto of [undefined, '', 'https', 'http', 'http, https', 'https ,http ', 'spoofed']) {
      for (const forwarded of [undefined, '198.51.100.1', '198.51.100.1, 10.0.0.1', 'nonsense', '10.0.0.9, 10.0.0.1', '2001:db8::7']) {
        const headers = { ...(proto !== undefined && { 'x-forwarded-proto': proto }), ...(forwarded && { 'x-forwarded-for': forwarded }) };
        const { fastify, early } = (await app.inject({ url: '/', remoteAddress, headers })).json();
        expect(early).toEqual(fastify);
      }
    }
  }
});

it.each([
  ['wss', true],
  ['HTTPS', true],
  ['ws', false],
  ['made-up', false],
])('has headers and cookies whatever its proxy says that it came over: %s', (proto, overTls) => {
  const raw = { headers: { 'x-forwarded-proto': proto }, socket: { remoteAddress: '127.0.0.1' } } as unknown as IncomingMessage;
  const early = new EarlyRequest(raw, { isProxy, newId: () => 'some-id' });
  expect(commonHeaderList(early).includes('Strict-Transport-Security')).toBe(overTls);
  expect(secretCookie(early, { name: 'route', value: 'abc' }).includes('; Secure')).toBe(overTls);
});
