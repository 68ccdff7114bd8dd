import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, afterEach } from '@jest/globals';
import { type DefaultBodyType, getResponse, HttpResponse, http, type RequestHandler, type StrictRequest } from 'msw';

let handlers: RequestHandler[] = [];
const server = createServer((request, response) => void respond(request, response));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
server.unref();

export const ORIGIN = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
export const BASE = `${ORIGIN}/v2-beta`;
export const SERVICES = `${BASE}/projects/1a5/services`;

/** A server that answers as handlers of msw say, those of one test; what none of them expects is answered 599. */
export function mockRancher() {
  afterEach(() => {
    handlers = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    use: (...added: RequestHandler[]) => {
      handlers = [...added, ...handlers];
    },
  };
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (await getResponse(handlers, await read(request))) ?? new HttpResponse(null, { status: 599 });
  // HttpResponse.error() stands for a connection that breaks.
  if (answer.type === 'error') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, headersOf(answer));
  if (!answer.body) response.end();
  else Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]).pipe(response);
}

function headersOf({ headers }: Response): Record<string, string> {
  const fields: Record<string, string> = {};
  headers.forEach((value, name) => {
    fields[name] = value;
  });
  return fields;
}

async function read(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
  const { method = 'GET', headers } = request;
  return new Request(`${ORIGIN}${request.url}`, { method, body, headers: headers as Record<string, string> });
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
