import type { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { z } from 'zod';
import { SHA256_OF_NOTHING, sign } from './auth/signature.js';
import { isCode, SatelliteError } from './errors.js';
import type { Change, ContainerState, FileInfo, Satellite, Usage } from './satellite.js';

export interface SatelliteClientOptions {
  /** `http://host:port` */
  url: string;
  /** Told in errors. */
  host: string;
  /** The first signs; read for each request, so it may change. */
  secrets: () => readonly string[];
  /** Milliseconds since the epoch; Date.now where it is missing. */
  now?: () => number;
}

/** How long a satellite may take to begin its answer, in milliseconds. */
const ANSWER_MS = 70_000;
/** The same where it may have to look at each of thousands of files before. */
const CHANGES_MS = 280_000;
/** How long it may be silent in the middle of one, in milliseconds. */
const SILENT_MS = 300_000;

interface Order {
  method?: 'GET' | 'PUT';
  query?: Record<string, string | undefined>;
  range?: string;
  tar?: { body: Readable; sha256: string; size: number };
  signal?: AbortSignal | undefined;
  /** How long the beginning of the answer may take, in milliseconds; ANSWER_MS where it is missing. */
  answerMs?: number;
  /** Whether it may be silent for as long as it likes: a host that is gone is found out by the connection itself. */
  isPatient?: boolean;
}

const fileInfoSchema: z.ZodType<FileInfo> = z.object({
  path: z.string(),
  size: z.number(),
  mode: z.number(),
  mtime: z.string(),
  type: z.enum(['file', 'folder', 'link', 'other']),
  target: z.string().optional(),
}) as z.ZodType<FileInfo>;

const stateSchema: z.ZodType<ContainerState> = z.object({
  Status: z.string(),
  Running: z.boolean(),
  Paused: z.boolean(),
  Restarting: z.boolean(),
  OOMKilled: z.boolean(),
  Dead: z.boolean(),
  Pid: z.number(),
  ExitCode: z.number(),
  Error: z.string(),
  StartedAt: z.string(),
  FinishedAt: z.string(),
});

const changesSchema: z.ZodType<{ changes: Change[] }> = z.object({
  changes: z.array(z.object({ path: z.string(), kind: z.enum(['added', 'changed', 'deleted']) })),
});

const usageSchema: z.ZodType<{ usage: Usage | null }> = z.object({
  usage: z
    .object({
      timestamp: z.string(),
      cpuNanoseconds: z.number(),
      memoryBytes: z.number(),
      memoryLimitBytes: z.number().nullable(),
      network: z.object({ receivedBytes: z.number(), sentBytes: z.number() }).nullable(),
      block: z.object({ readBytes: z.number(), writtenBytes: z.number() }).nullable(),
    })
    .nullable(),
});

const problemSchema = z.object({ code: z.string(), detail: z.string() });

/** Asks a host's satellite, each request signed by itself. */
class Client implements Satellite {
  constructor(private readonly options: SatelliteClientOptions) {}

  state(uuid: string, signal?: AbortSignal): Promise<ContainerState> {
    return this.#json(stateSchema, this.#path(uuid, 'state'), { signal });
  }

  async changes(uuid: string, signal?: AbortSignal): Promise<Change[]> {
    return (await this.#json(changesSchema, this.#path(uuid, 'changes'), { signal, answerMs: CHANGES_MS })).changes;
  }

  async usage(uuid: string, signal?: AbortSignal): Promise<Usage | null> {
    return (await this.#json(usageSchema, this.#path(uuid, 'usage'), { signal })).usage;
  }

  stat(uuid: string, path: string, signal?: AbortSignal): Promise<FileInfo> {
    return this.#json(fileInfoSchema, this.#path(uuid, 'stat'), { query: { path }, signal });
  }

  async readFile(...[uuid, path, { range, signal } = {}]: Parameters<Satellite['readFile']>): ReturnType<Satellite['readFile']> {
    const header = range && { range: `bytes=${range.start}-${range.end ?? ''}` };
    const answer = await this.#ask(this.#path(uuid, 'file'), { query: { path }, signal, ...header });
    const { 'mooring-file-info': about, 'content-range': which } = answer.headers;
    const info = fileInfoSchema.parse(json(Buffer.from(String(about), 'base64url').toString('utf8')));
    const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(String(which)) ?? [];
    const part = start === undefined ? {} : { range: { start: Number(start), end: Number(end), size: Number(size) } };
    return { info, body: streamOf(answer), ...part };
  }

  async readArchive(...[uuid, path, { only, signal } = {}]: Parameters<Satellite['readArchive']>): Promise<Readable> {
    const answerMs = only === undefined ? ANSWER_MS : CHANGES_MS;
    return streamOf(await this.#ask(this.#path(uuid, 'archive'), { query: { path, only }, signal, answerMs }));
  }

  async writeArchive(...[uuid, path, tar, signal]: Parameters<Satellite['writeArchive']>): Promise<void> {
    await this.#ask(this.#path(uuid, 'archive'), { method: 'PUT', query: { path }, tar, signal });
  }

  async logs(...[uuid, { follow = false, tail, signal } = {}]: Parameters<Satellite['logs']>): Promise<Readable> {
    const query = { follow: String(follow), tail: tail === undefined ? undefined : String(tail) };
    return streamOf(await this.#ask(this.#path(uuid, 'logs'), { query, signal, isPatient: follow }));
  }

  #path(uuid: string, what: string): string {
    return `/v1/containers/${encodeURIComponent(uuid)}/${what}`;
  }

  async #json<T>(schema: z.ZodType<T>, path: string, order: Order): Promise<T> {
    const answer = await this.#ask(path, order);
    return schema.parse(await answer.body.json());
  }

  async #ask(path: string, order: Order): Promise<Dispatcher.ResponseData> {
    const late = new AbortController();
    const timer = order.tar ? undefined : setTimeout(() => late.abort(), order.answerMs ?? ANSWER_MS);
    try {
      const signal = order.signal ? AbortSignal.any([order.signal, late.signal]) : late.signal;
      const answer = await this.#send(path, order, signal);
      if (answer.statusCode < 300) return answer;
      throw await this.#refusal(answer);
    } catch (error) {
      if (order.signal?.aborted) throw order.signal.reason;
      throw this.#named(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #send(path: string, { method = 'GET', query = {}, range, tar, isPatient }: Order, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { url, secrets, now = Date.now } = this.options;
    const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = new URLSearchParams(set).toString();
    const target = search === '' ? path : `${path}?${search}`;
    const [secret] = secrets();
    if (secret === undefined) throw new SatelliteError('Unauthorized', 'secrets: there is none to sign with');
    const authorization = sign({ method, target, range: range ?? '', sha256: tar?.sha256 ?? SHA256_OF_NOTHING }, secret, now());
    const headers = { authorization, ...(range !== undefined && { range }), ...(tar && { 'content-type': 'application/x-tar' }) };
    return request(`${url}${target}`, { method, headers, signal, bodyTimeout: isPatient ? 0 : SILENT_MS, body: tar?.body ?? null });
  }

  async #refusal({ statusCode, body }: Dispatcher.ResponseData): Promise<SatelliteError> {
    const problem = problemSchema.safeParse(json(await body.text()));
    const { code, detail } = problem.success ? problem.data : { code: 'Failed', detail: `status ${statusCode}` };
    return new SatelliteError(isCode(code) ? code : 'Failed', detail);
  }

  #named(error: unknown): SatelliteError {
    const known =
      error instanceof SatelliteError
        ? error
        : new SatelliteError('Unavailable', `the satellite of the host ${this.options.host} doesn't answer`, { cause: error });
    known.host = this.options.host;
    return known;
  }
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Whoever reads it hears of its errors; whoever ends it early must not be ended by that. */
const streamOf = ({ body }: Dispatcher.ResponseData): Readable => body.on('error', () => undefined);

/** A client of one host's satellite. */
export const createSatelliteClient = (options: SatelliteClientOptions): Satellite => new Client(options);
