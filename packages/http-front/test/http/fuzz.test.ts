import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProbeProof, VERIFY_PATH } from '@mooring/resources';
import fc from 'fast-check';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { as, localProvider, type TestFront, testFront } from '../support/front.js';

/** Whoever sees this as it is in a page, or in a header, has been handed back what they sent. */
const MARK = '<x-mark>';
const MARKS = [MARK, `"${MARK}`, `'${MARK}`, `"><script>${MARK}`, `javascript:${MARK}`, '%3Cx-mark%3E', '%0d%0aX-Mark: 1', '{}', '..%2f..'];
const NOTHING = { seen: 0, active: 0, quiet: 0, unknown: 0, marked: 0, deleted: 0, stopped: 0, failed: [] };

const PLACES = [
  ...['/', '/login', '/narrative', '/narrative/', '/narrative_session/', '/narrative_session/narrative-ada-e4ea29', VERIFY_PATH],
  ...['/narrative_session/narrative-ada-e4ea29/', '/narrative_session/-/assets/', '/narrative_session/oidc/', '/narrative_status/'],
  ...['/narrative_shutdown/', '/reaper/', '/metrics', '/traefik/config', '/api/', '//evil.example', '/\\evil.example'],
];
const METHODS = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const HEADERS = [
  ...['accept', 'origin', 'referer', 'authorization', 'host', 'content-type', 'if-none-match', 'range', 'user-agent', 'last-event-id'],
  ...['sec-fetch-mode', 'sec-fetch-site', 'sec-fetch-dest', 'sec-websocket-key', 'x-requested-with', 'mooring-probe'],
  ...[
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-uri',
    'x-forwarded-method',
    'forwarded',
    'x-http-method-override',
  ],
];
const VALUES = [
  ...[
    'text/html',
    'application/json',
    '*/*',
    'navigate',
    'cors',
    'same-origin',
    'cross-site',
    'https',
    'lab.example',
    '127.0.0.1, 10.0.0.1',
  ],
  ...['Bearer token-ada', 'Bearer down', 'token x', 'Basic eDp5', 'application/x-www-form-urlencoded', '/narrative/x', 'GET', 'null', ''],
];

/** What a header may hold: visible ASCII, spaces and what Latin 1 has. */
const headerText = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
});
const value = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.constantFrom(...MARKS),
  headerText,
  fc.string({ minLength: 200, maxLength: 400 }).map((text) => encodeURIComponent(text.replaceAll(/[\ud800-\udfff]/g, ''))),
);
const word = fc.oneof(
  fc.constantFrom(...MARKS),
  fc.webPath(),
  fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
  fc.constantFrom('%', '%zz', '%00', '%c0%af', 'a/../../b', ';', '?next=//evil', '?a=1&a=2'),
);
const path = fc.tuple(fc.constantFrom(...PLACES), fc.array(word, { maxLength: 3 })).map(([place, words]) => place + words.join(''));
const token = fc.oneof(fc.constantFrom('token-ada', 'token-bob', 'down', ''), fc.constantFrom(...MARKS), headerText);

const request = fc.record({
  method: fc.constantFrom(...METHODS),
  path,
  headers: fc.dictionary(fc.constantFrom(...HEADERS), value, { maxKeys: 6 }),
  token,
  route: fc.oneof(fc.constantFrom('a'.repeat(64), ''), fc.constantFrom(...MARKS)),
  body: fc.option(
    fc.oneof(fc.constantFrom(...MARKS.map((mark) => `user=${encodeURIComponent(mark)}&next=${mark}`)), fc.string({ maxLength: 200 })),
  ),
});

type Fuzzed = typeof request extends fc.Arbitrary<infer T> ? T : never;

const cookiesOf = ({ token: sign, route }: Fuzzed): string => `kbase_session=${sign}; narrative_session=${route}`;
const toInject = (fuzzed: Fuzzed): InjectOptions => {
  const { method, path: url, headers, body } = fuzzed;
  return {
    method,
    url,
    headers: { ...headers, cookie: cookiesOf(fuzzed) },
    ...(body !== null && { payload: body }),
    remoteAddress: '127.0.0.1',
  };
};

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** Addresses whose answers are narrative-traefiker's own plain sentences. */
const PLAIN = /^\/(narrative_shutdown|reaper)/;

function checkAnswer({ status, headers, body }: Answer, asked: string): void {
  const type = String(headers['content-type'] ?? '');
  if (status >= 500) expect([status, headers['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)]);
  if (status >= 400 && body !== '') {
    const isTold =
      type.startsWith('application/problem+json') || type.startsWith('text/html') || (PLAIN.test(asked) && type.startsWith('text/plain'));
    expect([asked, type, isTold]).toEqual([asked, type, true]);
  }
  if (type.includes('problem+json') && body !== '')
    expect(JSON.parse(body)).toMatchObject({ status, code: expect.any(String), detail: expect.any(String) });
  if (type.includes('html')) {
    expect(body).not.toMatch(/<x-mark>|<script>|<script [^>]*x-mark|(?:href|src|action)="javascript:/i);
  }
  expect(headers).toMatchObject({
    'mooring-front': '1',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  });
  const shown = JSON.stringify(headers);
  expect(shown.toLowerCase()).not.toMatch(/<x-mark>|"x-mark"|\\r|\\n/);
  const location = headers.location;
  if (typeof location === 'string') expect(new URL(location, 'http://mooring.invalid').host).toBe('mooring.invalid');
}

const answerOf = ({ statusCode, headers, body }: LightMyRequestResponse): Answer => ({ status: statusCode, headers, body });

describe.each([
  [
    'with the site’s sign-in',
    () =>
      testFront({ reap: async () => NOTHING, verify: { proof: createProbeProof(Buffer.alloc(32)) }, settings: { statusRole: 'ADMIN' } }),
  ],
  ['with local sign-ins', () => testFront({ local: localProvider() })],
])('whatever is asked of a front %s', (_, open) => {
  let front: TestFront;
  let port: number;
  beforeAll(async () => {
    front = await open();
    await front.app.listen({ host: '127.0.0.1', port: 0 });
    const address = front.app.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    port = address.port;
  });
  afterAll(() => front.app.close());

  it('is answered with a page or a problem, never with what was sent', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (fuzzed) => {
        // An event stream doesn't end by itself.
        fc.pre(!/\/events/.test(fuzzed.path) && URL.canParse(fuzzed.path, 'http://front.example'));
        checkAnswer(answerOf(await front.app.inject(toInject(fuzzed))), fuzzed.path);
      }),
      { numRuns: 500 },
    );
    expect((await front.app.inject(as('ada', { url: '/elsewhere' }))).statusCode).toBe(404);
  });

  /** Sends bytes as they are, ends, and reads until the other side does. */
  const raw = (bytes: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.from(bytes, 'latin1')));
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
      });
      socket.on('error', () => undefined).on('close', () => resolve(answer));
    });

  function checkRaw(text: string, method: string, asked: string): void {
    if (text === '') return;
    // What comes after the first answer is for what the bytes hold beside the first request.
    const [head = '', ...rest] = text.split('\r\n\r\n');
    const [line = '', ...lines] = head.split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1]);
    const headers = Object.fromEntries(
      lines.map((each) => each.split(/: (.*)/s, 2)).map(([name = '', said]) => [name.toLowerCase(), said]),
    );
    // The answer to HEAD tells a length that it hasn't (RFC 9110, 9.3.2).
    const body = method === 'HEAD' ? '' : rest.join('\r\n\r\n').slice(0, Number(headers['content-length'] ?? 0));
    checkAnswer({ status, headers, body }, asked);
  }

  it('is so, too, where it comes over a socket as it is', async () => {
    const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 40 });
    const target = fc.oneof(
      path,
      bytes.map((text) => `/narrative/${text}`),
      bytes,
    );
    const line = fc.oneof(
      fc.tuple(fc.constantFrom(...HEADERS, 'cookie'), fc.oneof(value, bytes)).map(([name, said]) => `${name}: ${said}`),
      bytes,
    );
    const message = fc.record({
      method: fc.constantFrom(...METHODS, 'PROPFIND', 'GEET', ''),
      target,
      lines: fc.array(line, { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(message, async ({ method, target: to, lines }) => {
        fc.pre(!/\/events/.test(to));
        checkRaw(await raw([`${method} ${to} HTTP/1.1`, 'Host: x', 'Connection: close', ...lines, '', ''].join('\r\n')), method, to);
      }),
      { numRuns: 300 },
    );
    expect((await front.app.inject(as('ada', { url: '/elsewhere' }))).statusCode).toBe(404);
  }, 60_000);
});
