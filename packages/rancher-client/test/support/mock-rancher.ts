import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type DefaultBodyType, HttpResponse, http, type StrictRequest } from 'msw';
import { setupServer } from 'msw/node';

export const BASE = 'http://rancher.test:8080/v2-beta';
export const SERVICES = `${BASE}/projects/1a5/services`;

/** Intercepts fetch for one test file; whatever no handler expects is an error. */
export function mockRancher() {
  const server = setupServer();
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());
  return server;
}

/** Answers a method and path with the results of the steps in turn, the last one for ever; tells what was asked. */
export function inTurn(method: 'get' | 'post' | 'put' | 'delete', url: string, ...steps: Step[]) {
  const requests: StrictRequest<DefaultBodyType>[] = [];
  const handler = http[method](url, ({ request }) => {
    const step = steps[Math.min(requests.length, steps.length - 1)];
    requests.push(request);
    return step?.(new URL(request.url)) ?? HttpResponse.error();
  });
  return { requests, handler };
}
type Step = (url: URL) => Response | Promise<Response>;

export const service = (id: string, fields: object = {}) => ({
  id,
  type: 'service',
  name: `s-${id}`,
  state: 'active',
  stackId: '1st7',
  ...fields,
});

export const json = (body: object, status = 200) => HttpResponse.json(body, { status });

export const collection = (data: object[], next: string | null = null) =>
  json({ type: 'collection', data, pagination: { next, partial: next !== null, limit: 3000 } });

export const refusal = (status: number, code: string, fields: object = {}) =>
  json({ type: 'error', status, code, message: null, ...fields }, status);

export const html = (status = 200) => new HttpResponse('<html>hello</html>', { status, headers: { 'Content-Type': 'text/html' } });

/** A body that never ends. */
export const hung = () =>
  new HttpResponse(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"id":')) }));

export async function caught(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error || error instanceof DOMException) return error as Error;
  }
  throw new Error('expected a rejection with an Error');
}
