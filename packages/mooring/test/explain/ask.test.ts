import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { askRunning } from '../../src/explain/ask.js';

const EXPLANATION = { session: 'narrative-a', phase: 'Ready', why: 'It is.', conditions: [], events: [] };

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A listener that answers so; without a status it never answers. Answers its address, and the paths that were asked for. */
async function listener(status?: number, body: unknown = {}) {
  const paths: string[] = [];
  server = createServer((request, response) => {
    paths.push(request.url ?? '');
    if (status !== undefined) response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

describe('a running Mooring', () => {
  it('tells', async () => {
    const { url, paths } = await listener(200, { ...EXPLANATION, more: 1 });
    expect(await askRunning(url, 'narrative-a/b')).toEqual({ kind: 'told', explanation: EXPLANATION });
    expect(paths).toEqual(['/explain/narrative-a%2Fb']);
  });

  it('knows none of that name', async () => {
    const { url } = await listener(404, { code: 'unknown-session', status: 404 });
    expect(await askRunning(url, 'x')).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['explains nothing', 404, { code: 'not-found' }, 'answers 404'],
    ['is in trouble', 500, { code: 'internal' }, 'answers 500'],
    ['speaks otherwise', 200, { ...EXPLANATION, phase: 7 }, 'not understood (phase: '],
  ])('says so where it %s', async (_what, status, body, why) => {
    const { url } = await listener(status, body);
    expect(await askRunning(url, 'x')).toEqual({ kind: 'silent', why: expect.stringContaining(why) });
  });

  it('says so where nobody listens', async () => {
    const { url } = await listener(200);
    await new Promise((resolve) => server?.close(resolve));
    expect(await askRunning(url, 'x')).toEqual({ kind: 'silent', why: `${url} does not answer: ECONNREFUSED` });
  });

  it('is given up after the deadline', async () => {
    const { url } = await listener();
    expect(await askRunning(url, 'x', 50)).toEqual({ kind: 'silent', why: expect.stringMatching(/does not answer: .*timeout/) });
  });
});
