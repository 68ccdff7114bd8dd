import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFront, apiFront } from './support/api-front.js';

let front: ApiFront;
beforeAll(async () => {
  front = await apiFront();
});
afterAll(() => front.close());

interface Operation {
  operationId: string;
  summary: string;
  security?: unknown[];
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

describe('GET /api/v1/openapi.json', () => {
  it('describes every address, and what each may answer', async () => {
    const answer = await front.ask(undefined, '/openapi.json');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    const { openapi, info, paths } = answer.json();
    expect([openapi, info.version]).toEqual(['3.1.0', '1.2.3']);
    expect(Object.keys(paths)).toContain('/api/v1/sessions/{name}/explanation');
    for (const [path, item] of Object.entries<Record<string, Operation>>(paths)) {
      for (const { operationId, summary, security, responses } of Object.values(item)) {
        expect([path, operationId, summary]).toEqual([path, expect.any(String), expect.any(String)]);
        const signedIn = security?.length === 0 ? [] : ['401', '403'];
        expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '429', ...signedIn]));
      }
    }
  });

  it('refers to what is in it, and holds nothing that nobody refers to', async () => {
    const { body } = await front.ask(undefined, '/openapi.json');
    const referred = new Set([...body.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    expect(Object.keys(JSON.parse(body).components.schemas).sort()).toEqual([...referred].sort());
  });
});

describe('what the API has not', () => {
  it('is told as a problem, also to whoever looks at it', async () => {
    const answer = await front.ask('ada', '/nothing', { headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' } });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    expect(answer.json().detail).toContain('/api/v1/openapi.json');
  });

  it('are other methods than an address has', async () => {
    for (const method of ['POST', 'OPTIONS'] as const) {
      const answer = await front.ask('ada', '/sessions', { method });
      expect([answer.statusCode, answer.headers.allow, answer.json().code]).toEqual([405, 'GET, HEAD', 'no-such-method']);
    }
  });
});
