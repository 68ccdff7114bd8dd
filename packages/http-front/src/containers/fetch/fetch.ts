import { createWriteStream } from 'node:fs';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Dispatcher, request } from 'undici';
import { FetchRefusedError } from './errors.js';
import type { AddressGuard } from './guard.js';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface FetchOptions {
  guard: AddressGuard;
  /** Of what is fetched, at most. */
  maxBytes: number;
  /** For all of it, redirects included. */
  timeoutMs: number;
  signal?: AbortSignal;
}

const tooLong = (url: URL, maxBytes: number): FetchRefusedError =>
  new FetchRefusedError(`${shown(url)} has more than ${maxBytes} bytes, which is all that is fetched. Make it smaller.`);

/** What stands in a query may be secret. */
const shown = (url: URL): string => `${url.origin}${url.pathname}`;

/** Lets so many bytes through. */
function limited(url: URL, maxBytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > maxBytes) done(tooLong(url, maxBytes));
      else done(null, chunk);
    },
  });
}

const isRefusal = (error: unknown): error is FetchRefusedError => (error as { code?: unknown } | undefined)?.code === 'FetchRefused';

/** The refusal that is behind an error of the connection's, if one is. */
function refusalIn(error: unknown): FetchRefusedError | undefined {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) if (isRefusal(at)) return at;
  return undefined;
}

interface Hop {
  url: URL;
  answer: Dispatcher.ResponseData;
}

async function follow(from: URL, agent: Dispatcher, { guard, signal }: { guard: AddressGuard; signal: AbortSignal }): Promise<Hop> {
  let url = from;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    guard.check(url);
    const answer = await request(url, { dispatcher: agent, signal, headers: { 'user-agent': 'mooring' } });
    const { location } = answer.headers;
    if (!REDIRECTS.has(answer.statusCode) || typeof location !== 'string') return { url, answer };
    await answer.body.dump();
    if (!URL.canParse(location, url.href))
      throw new FetchRefusedError(`${shown(url)} leads to ${JSON.stringify(location)}, which is no address.`);
    url = new URL(location, url);
  }
  throw new FetchRefusedError(`${shown(from)} leads on and on, more than ${MAX_REDIRECTS} times.`);
}

async function take(hop: Hop, maxBytes: number): Promise<Readable> {
  const { url, answer } = hop;
  const { statusCode, headers, body } = answer;
  if (statusCode === 200 && !(Number(headers['content-length']) > maxBytes)) return body;
  await body.dump({ limit: 1024 }).catch(() => undefined);
  if (statusCode === 200) throw tooLong(url, maxBytes);
  throw new FetchRefusedError(`${shown(url)} answers with status ${statusCode} rather than 200.`);
}

/**
 * Fetches what is at an address into a file. No address is asked but of the public internet or allowed, whatever a name or a redirect says.
 *
 * @throws FetchRefusedError, also where it does not answer
 */
export async function fetchInto(file: string, address: string, { guard, maxBytes, timeoutMs, signal }: FetchOptions): Promise<void> {
  const from = new URL(address);
  const limit = AbortSignal.timeout(timeoutMs);
  const both = signal ? AbortSignal.any([signal, limit]) : limit;
  const agent = guard.agent();
  try {
    const hop = await follow(from, agent, { guard, signal: both });
    await pipeline(await take(hop, maxBytes), limited(hop.url, maxBytes), createWriteStream(file, { mode: 0o600 }), { signal: both });
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal) throw refusal;
    if (signal?.aborted) throw error;
    const why = limit.aborted
      ? `did not come whole within ${timeoutMs / 1000} s`
      : `can't be fetched (${(error as NodeJS.ErrnoException).code ?? 'no answer'})`;
    throw new FetchRefusedError(`${shown(from)} ${why}.`);
  } finally {
    await agent.destroy();
  }
}
