import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulatedRuntime, type LocalRancher, startLocalRancher } from '@mooring/local-rancher';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { replayPace } from './pace.js';
import { RecordedTime } from './recorded-time.js';
import type { Run } from './runs.js';
import type { Seen } from './sequence.js';
import { SteadyClock } from './steady-clock.js';

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

/** What of an object is compared while it changes. */
const resourceSchema = z.looseObject({
  state: z.string().nullish(),
  transitioning: z.string().nullish(),
  healthState: z.string().nullish(),
  currentScale: z.number().nullish(),
  /** Of a container. */
  serviceIds: z.array(z.string()).nullish(),
});

const GONE: ReadonlySet<string> = new Set(['removing', 'removed', 'purged']);

const frameSchema = z.object({
  name: z.string(),
  resourceType: z.string().nullish(),
  resourceId: z.string().nullish(),
  data: z.object({ resource: resourceSchema.optional() }),
});

export type Frame = z.infer<typeof frameSchema>;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

interface Parts {
  rancher: LocalRancher;
  folder: string;
  clock: SteadyClock;
  time: RecordedTime;
}

/** A fresh local Rancher, a client for it, and all that its change stream told. */
export class Server {
  readonly #rancher: LocalRancher;
  readonly #folder: string;
  readonly #seen = new Map<string, Seen[]>();
  /** What all that happens here by itself goes by. */
  readonly clock: SteadyClock;
  /** What was last told to be changing. */
  readonly #moving = new Set<string>();
  /** The containers that were told of, by their services. */
  readonly #containers = new Map<string, string[]>();
  readonly time: RecordedTime;
  #stream: WebSocket | undefined;

  private constructor({ rancher, folder, clock, time }: Parts) {
    this.#rancher = rancher;
    this.#folder = folder;
    this.clock = clock;
    this.time = time;
  }

  static async start({ hosts, hostProxy }: Run): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
    const [clock, time] = [new SteadyClock(), new RecordedTime()];
    const rancher = await startLocalRancher({
      dataDir: folder,
      port: 0,
      metadataPort: 0,
      hosts,
      hostProxy,
      pace: replayPace(clock, time),
      runtime: createSimulatedRuntime(),
      logger: pino({ level: 'silent' }),
    });
    const server = new Server({ rancher, folder, clock, time });
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

  /** Whether anything was last told to be changing; what fails over and over isn't. */
  get isMoving(): boolean {
    return this.#moving.size > 0;
  }

  /** The container that a service had at a time (by `performance.now()`); undefined where none was told of. */
  containerOf(service: string, at: number): string | undefined {
    const all = this.#containers.get(service) ?? [];
    const stateThen = (id: string): string | undefined => this.seen(id).findLast((step) => step.at <= at)?.state;
    return all.find((id) => !GONE.has(stateThen(id) ?? 'removed')) ?? all[0];
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
    this.clock.stop();
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
    const { state, transitioning, healthState, currentScale } = data.resource ?? {};
    if (!resourceId || !state) return;
    for (const service of data.resource?.serviceIds ?? []) this.#noteContainer(service, resourceId);
    if (transitioning === 'yes') this.#moving.add(resourceId);
    else this.#moving.delete(resourceId);
    const seen = this.#seen.get(resourceId) ?? [];
    seen.push({
      state,
      transitioning: transitioning ?? 'no',
      healthState,
      currentScale,
      at: performance.now(),
      steadyAt: this.clock.now(),
    });
    this.#seen.set(resourceId, seen);
  }

  #noteContainer(service: string, id: string): void {
    // A stack has services in the same field.
    if (!id.startsWith('1i')) return;
    const all = this.#containers.get(service) ?? [];
    if (!all.includes(id)) this.#containers.set(service, [...all, id]);
  }
}
