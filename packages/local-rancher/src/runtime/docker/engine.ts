import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';
import { z } from 'zod';
import { RuntimeError } from '../errors.js';
import { ImageNotFoundError } from '../runtime.js';
import { eventSchema, inspectionSchema, listSchema, type Stats, statsSchema } from './engine-schemas.js';
import { INSTALLATION_LABEL, UUID_LABEL } from './labels.js';
import { type Look, lookAt } from './look.js';

/** How long the Engine may take to answer, in milliseconds; a create may wait for its disk. */
const ANSWER_MS = 30_000;
const QUICK_MS = 10_000;

export interface EngineOptions {
  /** `unix:///var/run/docker.sock` or `tcp://host:port`; DOCKER_HOST, or Docker's default, where it is missing. */
  url?: string | undefined;
  installation: string;
}

const statusOf = (error: unknown): number | undefined => {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
};

const messageOf = (error: unknown): string => String((error as { message?: unknown } | null)?.message ?? error).trim();

/** What the Engine refuses, in its words; what reaches no Engine, with the cure. */
export function engineError(what: string, error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error;
  if (statusOf(error) !== undefined) return new RuntimeError('EngineRefused', `docker: ${what}: ${messageOf(error)}`, { cause: error });
  return new RuntimeError(
    'EngineUnreachable',
    `docker: ${what}: the Docker Engine doesn't answer (${messageOf(error)}). Start dockerd, or set MOORING_DOCKER_URL to where it listens, such as unix:///var/run/docker.sock.`,
    { cause: error },
  );
}

/** Options with an abort signal, which dockerode takes everywhere and its types know here and there. */
export const until = <T extends object>(abortSignal: AbortSignal, options: T = {} as T): T => ({ ...options, abortSignal });

/** Loaded only where it is needed: it takes a fifth of a second and 30 MB. */
export async function connect(url: string | undefined): Promise<Docker> {
  const { default: Dockerode } = await import('dockerode');
  if (url === undefined) return new Dockerode();
  if (url.startsWith('unix://')) return new Dockerode({ socketPath: url.slice('unix://'.length) });
  const { hostname, port, protocol } = new URL(url);
  return new Dockerode({ host: hostname, port: Number(port || 2375), protocol: protocol === 'https:' ? 'https' : 'http' });
}

/** The Docker Engine, as far as the runtime needs it: each call has a deadline, each answer a schema. */
export class Engine {
  constructor(
    readonly docker: Docker,
    private readonly installation: string,
  ) {}

  static async open({ url, installation }: EngineOptions): Promise<Engine> {
    return new Engine(await connect(url), installation);
  }

  /** The ids of the installation's containers, running or not. */
  async list(): Promise<{ id: string; uuid: string | undefined }[]> {
    const filters = { label: [`${INSTALLATION_LABEL}=${this.installation}`] };
    const list = await this.#call('list containers', (abortSignal) => this.docker.listContainers({ all: true, filters, abortSignal }));
    return listSchema.parse(list).map(({ Id: id, Labels }) => ({ id, uuid: Labels?.[UUID_LABEL] }));
  }

  /** Undefined where it isn't there. */
  async inspect(id: string): Promise<Look | undefined> {
    const found = await this.#unlessGone('inspect a container', (abortSignal) => this.docker.getContainer(id).inspect({ abortSignal }));
    return found === undefined ? undefined : lookAt(inspectionSchema.parse(found));
  }

  /** @throws ImageNotFoundError where the Engine doesn't have the image; RuntimeError */
  async create(body: ContainerCreateOptions): Promise<string> {
    try {
      const abortSignal = AbortSignal.timeout(ANSWER_MS);
      return (await this.docker.createContainer({ ...body, abortSignal })).id;
    } catch (error) {
      if (statusOf(error) === 404 && /no such image/i.test(messageOf(error))) throw new ImageNotFoundError(messageOf(error));
      throw engineError(`create ${body.name}`, error);
    }
  }

  /** Starting what runs is no error. */
  async start(id: string): Promise<void> {
    await this.#unlessDone('start a container', (abortSignal) => this.docker.getContainer(id).start({ abortSignal }));
  }

  /** Stopping what doesn't run, or isn't there, is no error. */
  async stop(id: string, graceMs: number): Promise<void> {
    const t = Math.ceil(graceMs / 1000);
    const stop = (abortSignal: AbortSignal) => this.docker.getContainer(id).stop({ t, abortSignal });
    await this.#unlessGone('stop a container', () => this.#unlessDone('stop a container', stop, graceMs + ANSWER_MS));
  }

  /** With its anonymous volumes. */
  async remove(id: string): Promise<void> {
    const remove = (abortSignal: AbortSignal) => this.docker.getContainer(id).remove({ force: true, v: true, abortSignal });
    await this.#unlessGone('remove a container', remove, ANSWER_MS);
  }

  /** Sees to it that the network is there. */
  async network(name: string): Promise<void> {
    // Docker's filter takes a part of a name for the name.
    const filters = { name: [name] };
    const list = (abortSignal: AbortSignal) => this.docker.listNetworks(until(abortSignal, { filters }));
    const found = await this.#call(`find the network ${name}`, list);
    if (found.some(({ Name }) => Name === name)) return;
    const Labels = { [INSTALLATION_LABEL]: this.installation };
    await this.#call(`create the network ${name}`, (abortSignal) =>
      this.docker.createNetwork({ Name: name, Driver: 'bridge', CheckDuplicate: true, Labels, abortSignal }),
    );
  }

  async stats(id: string): Promise<Stats | undefined> {
    const options = { stream: false, 'one-shot': true } as const;
    const ask = (abortSignal: AbortSignal) => this.docker.getContainer(id).stats(until(abortSignal, options));
    const stats = statsSchema.safeParse(await this.#unlessGone('read statistics', ask));
    return stats.success ? stats.data : undefined;
  }

  /** What happens to the installation's containers, until the signal is aborted or the Engine goes away. */
  async events(signal: AbortSignal): Promise<Readable> {
    const filters = { type: ['container' as const], label: [`${INSTALLATION_LABEL}=${this.installation}`] };
    const stream: unknown = await this.docker.getEvents(until(signal, { filters }));
    return stream as Readable;
  }

  async #unlessGone<T>(what: string, call: (signal: AbortSignal) => Promise<T>, ms = QUICK_MS): Promise<T | undefined> {
    try {
      return await call(AbortSignal.timeout(ms));
    } catch (error) {
      if (statusOf(error) === 404 || statusOf((error as Error).cause) === 404) return undefined;
      throw engineError(what, error);
    }
  }

  /** 304: it is so already. */
  async #unlessDone(what: string, call: (signal: AbortSignal) => Promise<unknown>, ms = ANSWER_MS): Promise<void> {
    try {
      await call(AbortSignal.timeout(ms));
    } catch (error) {
      if (statusOf(error) !== 304) throw engineError(what, error);
    }
  }

  async #call<T>(what: string, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await call(AbortSignal.timeout(QUICK_MS));
    } catch (error) {
      throw engineError(what, error);
    }
  }
}

/** The container that a line of the events is about, by Rancher's uuid; undefined for anything else. */
export function uuidOfEvent(line: string): string | undefined {
  const parsed = eventSchema.safeParse(json(line));
  return parsed.success ? parsed.data.Actor.Attributes?.[UUID_LABEL] : undefined;
}

const json = (line: string): unknown => {
  try {
    return z.json().parse(JSON.parse(line));
  } catch {
    return undefined;
  }
};
