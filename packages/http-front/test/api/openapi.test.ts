import { gunzipSync } from 'node:zlib';
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

describe('GET /api/v1/docs', () => {
  it('is a page whose files all come from here, with nothing inline', async () => {
    const page = await front.ask(undefined, '/docs', { headers: { accept: 'text/html' } });
    expect(page.headers['content-security-policy']).not.toContain('unsafe');
    expect(page.body).not.toMatch(/<style|<script(?![^>]* src=)|\son[a-z]+=|\sstyle=/);
    const files = [...page.body.matchAll(/(?:src|href)="\/api\/v1([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files).toEqual(['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/api-docs.js']);
    for (const file of files) {
      const plain = await front.ask(undefined, file);
      const zipped = await front.ask(undefined, file, { headers: { 'accept-encoding': 'gzip' } });
      expect([plain.statusCode, zipped.headers['content-encoding']]).toEqual([200, 'gzip']);
      expect(gunzipSync(zipped.rawPayload).equals(plain.rawPayload)).toBe(true);
      const again = await front.ask(undefined, file, { headers: { 'if-none-match': String(plain.headers.etag) } });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
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
