import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulatedRuntime, type LocalRancher, startLocalRancher } from '@mooring/local-rancher';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { replayPace } from './pace.js';
import type { Run } from './runs.js';
import type { Seen } from './sequence.js';

/** Nothing here takes longer. */
const TIMEOUT_MS = 10_000;

export interface OurAnswer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON. */
  body: unknown;
}

export interface OurRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

const frameSchema = z.object({
  name: z.string(),
  resourceType: z.string().nullish(),
  resourceId: z.string().nullish(),
  data: z.object({ resource: z.looseObject({ state: z.string().nullish(), transitioning: z.string().nullish() }).optional() }),
});

export type Frame = z.infer<typeof frameSchema>;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** A fresh local Rancher, a client for it, and all that its change stream told. */
export class Server {
  readonly #rancher: LocalRancher;
  readonly #folder: string;
  readonly #seen = new Map<string, Seen[]>();
  #stream: WebSocket | undefined;

  private constructor(rancher: LocalRancher, folder: string) {
    this.#rancher = rancher;
    this.#folder = folder;
  }

  static async start({ hosts, hostProxy }: Run): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
    const rancher = await startLocalRancher({
      dataDir: folder,
      port: 0,
      metadataPort: 0,
      hosts,
      hostProxy,
      pace: replayPace(),
      runtime: createSimulatedRuntime(),
      logger: pino({ level: 'silent' }),
    });
    const server = new Server(rancher, folder);
    await server.#watch();
    return server;
  }

  get origin(): string {
    return new URL(this.#rancher.url).origin;
  }

  async call({ method, path, headers, body }: OurRequest): Promise<OurAnswer> {
    const response = await fetch(`${this.origin}${path}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(headers && { headers }),
      ...(body !== undefined && method !== 'GET' && { body }),
    });
    return { status: response.status, headers: response.headers, body: parse(await response.text()) };
  }

  /** The states that an object was told to be in, from the first on. */
  seen(id: string): readonly Seen[] {
    return this.#seen.get(id) ?? [];
  }

  /** The status of the handshake, and the frames as they come where it succeeds. */
  async open(
    path: string,
    headers: Readonly<Record<string, string>>,
    onFrame: (frame: Frame) => void,
  ): Promise<{ status: number; close(): void }> {
    const socket = new WebSocket(`${this.origin.replace('http', 'ws')}${path}`, { headers, handshakeTimeout: TIMEOUT_MS });
    socket.on('message', (data) => onFrame(frameSchema.parse(parse(String(data)))));
    const status = await new Promise<number>((resolve, reject) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        resolve(response.statusCode ?? 0);
      });
      socket.once('error', reject);
    });
    socket.on('error', () => undefined);
    return { status, close: () => socket.terminate() };
  }

  async close(): Promise<void> {
    this.#stream?.terminate();
    await this.#rancher.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #watch(): Promise<void> {
    const path = '/v2-beta/projects/1a5/subscribe?eventNames=resource.change';
    const socket = new WebSocket(`${this.origin.replace('http', 'ws')}${path}`);
    this.#stream = socket;
    socket.on('message', (data) => this.#note(frameSchema.parse(parse(String(data)))));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  }

  #note({ resourceId, data }: Frame): void {
    const { state, transitioning } = data.resource ?? {};
    if (!resourceId || !state) return;
    const seen = this.#seen.get(resourceId) ?? [];
    seen.push({ state, transitioning: transitioning ?? 'no', at: performance.now() });
    this.#seen.set(resourceId, seen);
  }
}
