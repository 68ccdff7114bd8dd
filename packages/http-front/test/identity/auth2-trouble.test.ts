import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProbeProof, VERIFY_PATH } from '@mooring/resources';
import { type Auth2Options, type Auth2Provider, createAuth2Provider } from '../../src/index.js';
import { as, JSON_HEADERS, PAGE_HEADERS, type TestFront, testFront } from '../support/front.js';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const tellsTheTruth: Behaviour = ({ headers }, response) => {
  const token = headers.authorization ?? '';
  response.writeHead(token.startsWith('token-') ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ user: token.slice(6), customroles: [] }));
};
const json = (response: ServerResponse, text: string): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(text);
const TROUBLE: Record<string, Behaviour> = {
  hangs: () => {},
  'hangs in the middle of its answer': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"user":');
  },
  'is down': (_request, response) => response.destroy(),
  'says that it is broken': (_request, response) => response.writeHead(500).end('{}'),
  'is a page': (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Maintenance</h1>'),
  'answers too late': (request, response) => void setTimeout(() => tellsTheTruth(request, response), 500).unref(),
  'says something that is no JSON': (_request, response) => json(response, '{"user":"ad'),
  'says JSON of another kind': (_request, response) => json(response, '["ada"]'),
  'names a number': (_request, response) => json(response, '{"user":7,"customroles":[]}'),
  "names one of the system's own": (_request, response) => json(response, '{"user":"system:pool","customroles":["ADMIN"]}'),
  'never comes to an end': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    };
    response.on('drain', more);
    more();
  },
  'refuses with a page': (_request, response) => response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Blocked</h1>'),
  'leads elsewhere': (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  'names nobody': (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"user":""}'),
};

let server: Server;
let behave: Behaviour;
let now: number;
let front: TestFront;
let provider: Auth2Provider;

beforeEach(async () => {
  behave = tellsTheTruth;
  now = 1_000_000;
  server = createServer((request, response) => behave(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await front.app.close();
  await provider.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function open(options: Partial<Auth2Options> = {}): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/me`;
  // A provider in trouble has its time soon over; one that isn't has as long as a busy machine takes.
  const endAfter = () => AbortSignal.timeout(behave === tellsTheTruth ? 60_000 : 50);
  provider = createAuth2Provider({ url, now: () => now, endAfter, patienceMs: 10, ...options });
  front = await testFront({ identity: provider, now: () => now, verify: { proof: createProbeProof(Buffer.alloc(32)) } });
}
const ask = (user: string, headers: Record<string, string> = JSON_HEADERS) => front.app.inject(as(user, { headers }));

describe.each(Object.entries(TROUBLE))('auth2 that %s', (_how, trouble) => {
  it('keeps out nobody whom it knew within the stale time, and tells everybody else 503, never 403', async () => {
    await open();
    await ask('ada');
    front.store.makeReady('narrative-ada-e4ea29');
    behave = trouble;
    for (let minutes = 2; minutes < 15; minutes += 4) {
      now = 1_000_000 + minutes * 60_000;
      expect((await ask('ada')).statusCode).toBe(200);
      const other = await ask('bob');
      expect([other.statusCode, other.headers['retry-after']]).toEqual([503, '5']);
      expect((await ask('bob', PAGE_HEADERS)).statusCode).toBe(503);
    }
    now = 1_000_000 + 16 * 60_000;
    expect((await ask('ada')).statusCode).toBe(503);
    behave = tellsTheTruth;
    expect([(await ask('ada')).statusCode, (await ask('bob')).statusCode]).toEqual([200, 202]);
  });
});

describe.each(Object.entries(TROUBLE))('at each door, auth2 that %s', (_how, trouble) => {
  it('lets in whom it knew, and says 503 to the others: nobody is told that they may not', async () => {
    await open();
    await ask('ada');
    const { metadata } = front.store.makeReady('narrative-ada-e4ea29');
    const doors = [`/narrative_session/${metadata.name}`, `${VERIFY_PATH}${metadata.uid}`, '/narrative_status/'];
    behave = trouble;
    now += 5 * 60_000;
    for (const url of doors) {
      const known = await front.app.inject(as('ada', { url, headers: JSON_HEADERS }));
      expect([url, known.statusCode]).toEqual([url, url.startsWith(VERIFY_PATH) ? 204 : 200]);
      const other = await front.app.inject(as('bob', { url, headers: JSON_HEADERS }));
      expect([url, other.statusCode, other.headers['retry-after']]).toEqual([url, 503, '5']);
    }
    const ended = { method: 'DELETE', url: '/narrative_shutdown/', headers: { authorization: 'Bearer token-bob' } } as const;
    expect((await front.app.inject(ended)).statusCode).toBe(503);
    expect((await front.app.inject({ ...ended, headers: { authorization: 'Bearer token-ada' } })).statusCode).toBe(200);
  });
});

describe('a hundred and fifty look-ups that hang', () => {
  it('delay nobody else’s', async () => {
    await open({ endAfter: () => AbortSignal.timeout(60_000) });
    behave = (request, response) => {
      if (!request.headers.authorization?.startsWith('token-slow')) tellsTheTruth(request, response);
    };
    let answered = 0;
    const waiting = Array.from({ length: 150 }, (_, index) =>
      ask(`slow${index}`).finally(() => {
        answered += 1;
      }),
    );
    expect((await ask('ada')).statusCode).toBe(202);
    expect((await ask('ada')).statusCode).toBe(202);
    expect((await front.app.inject({ url: '/narrative_status/' })).statusCode).toBe(200);
    expect(answered).toBe(0);
    await provider.close();
    expect(new Set((await Promise.all(waiting)).map(({ statusCode }) => statusCode))).toEqual(new Set([503]));
  });
});
