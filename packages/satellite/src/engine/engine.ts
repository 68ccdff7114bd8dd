import type { Readable } from 'node:stream';
import Docker from 'dockerode';
import { SatelliteError } from '../errors.js';
import type { FileInfo } from '../satellite.js';
import { fileInfo } from './file-info.js';
import { changesSchema, inspectionSchema, listSchema, statsSchema } from './schemas.js';

/** Only containers of sessions are known. */
const SESSION_LABEL = 'mooring.dev/session';
const UUID_LABEL = 'io.rancher.container.uuid';
/** How long the Engine may take to begin its answer, in milliseconds: changes of a big container take a while. */
const ANSWER_MS = 60_000;
const PING_MS = 2_000;

const statusOf = (error: unknown): number | undefined => (error as { statusCode?: number } | null)?.statusCode;
const messageOf = (error: unknown): string => String((error as { message?: unknown } | null)?.message ?? error).trim();

/** What the Engine says, as the satellite says it. */
function engineError(error: unknown, path?: string): SatelliteError {
  if (error instanceof SatelliteError) return error;
  const status = statusOf(error);
  const options = { cause: error };
  if (status === undefined) return new SatelliteError('Unavailable', `the Docker Engine doesn't answer: ${messageOf(error)}`, options);
  if (status !== 404) return new SatelliteError('Failed', `docker: ${messageOf(error)}`, options);
  return path === undefined
    ? new SatelliteError('NotFound', 'the container is not on this host any more', options)
    : new SatelliteError('PathNotFound', `path: there is no ${JSON.stringify(path)} in the container`, options);
}

/** Options with an abort signal, which dockerode takes everywhere and its types know here and there. */
const until = <T extends object>(abortSignal: AbortSignal, options: T = {} as T): T => ({ ...options, abortSignal });

const connect = (url: string): Docker => {
  if (url.startsWith('unix://')) return new Docker({ socketPath: url.slice('unix://'.length) });
  const { hostname, port } = new URL(url);
  return new Docker({ host: hostname, port: Number(port || 2375), protocol: 'http' });
};

/** What is asked of the Docker Engine: each call has a deadline until its answer begins, each answer a schema. */
export class Engine {
  readonly #docker: Docker;

  /** @param url `unix:///var/run/docker.sock` or `tcp://host:port` */
  constructor(url: string) {
    this.#docker = connect(url);
  }

  async ping(): Promise<boolean> {
    const answer = this.#docker.listContainers(until(AbortSignal.timeout(PING_MS), { limit: 1 }));
    return answer.then(
      () => true,
      () => false,
    );
  }

  /** Docker's id of a session's container. @throws SatelliteError NotFound */
  async find(uuid: string): Promise<string> {
    const [found] = await this.#list([SESSION_LABEL, `${UUID_LABEL}=${uuid}`]);
    if (found === undefined) throw new SatelliteError('NotFound', `uuid: no session's container ${JSON.stringify(uuid)} is on this host`);
    return found;
  }

  async allIds(): Promise<ReadonlySet<string>> {
    return new Set(await this.#list([SESSION_LABEL]));
  }

  async inspect(id: string) {
    const answer = await this.#ask((signal) => this.#docker.getContainer(id).inspect({ abortSignal: signal }));
    return inspectionSchema.parse(answer);
  }

  async changes(id: string): Promise<{ Path: string; Kind: number }[]> {
    const answer = await this.#ask(async (signal): Promise<unknown> => {
      const options: { abortSignal: AbortSignal } = { abortSignal: signal };
      return await this.#docker.getContainer(id).changes(options);
    });
    return changesSchema.parse(answer) ?? [];
  }

  async stats(id: string) {
    const options = { stream: false, 'one-shot': true } as const;
    const answer = await this.#ask((signal) => this.#docker.getContainer(id).stats(until(signal, options)));
    return statsSchema.parse(answer);
  }

  /** Of what it is itself: a link is not followed; links on the way to it stay inside the container. */
  async stat(id: string, path: string): Promise<FileInfo> {
    const answer: unknown = await this.#ask((signal) => this.#docker.getContainer(id).infoArchive(until(signal, { path })), path);
    const { headers } = answer as { headers: Record<string, unknown> };
    return fileInfo(path, headers['x-docker-container-path-stat']);
  }

  readArchive(id: string, path: string, signal: AbortSignal): Promise<Readable> {
    return this.#open(signal, (abort) => this.#docker.getContainer(id).getArchive(until(abort, { path })), path);
  }

  /** Takes as long as its body does. */
  async writeArchive(id: string, tar: Readable, signal: AbortSignal): Promise<void> {
    try {
      await this.#docker.getContainer(id).putArchive(tar, until(signal, { path: '/' }));
    } catch (error) {
      throw engineError(error);
    }
  }

  logs(id: string, { follow, tail }: { follow: boolean; tail: number | undefined }, signal: AbortSignal): Promise<Readable> {
    const options = { stdout: true, stderr: true, follow, ...(tail !== undefined && { tail }) };
    return this.#open(signal, (abort) => this.#stream(`/containers/${id}/logs?`, options, abort));
  }

  /** What dockerode holds in memory where it isn't followed, as it comes. */
  #stream(path: string, options: object, abortSignal: AbortSignal): Promise<unknown> {
    const statusCodes = { 200: true, 404: 'no such container', 500: 'server error' };
    return new Promise((resolve, reject) => {
      const told = (error: unknown, stream: unknown): void => (error ? reject(error) : resolve(stream));
      this.#docker.modem.dial({ path, method: 'GET', isStream: true, statusCodes, options, abortSignal }, told);
    });
  }

  async #list(label: string[]): Promise<string[]> {
    const list = await this.#ask((signal) => this.#docker.listContainers(until(signal, { all: true, filters: { label } })));
    return listSchema.parse(list).map(({ Id }) => Id);
  }

  /** The deadline goes with the answer: a timer of its own would keep it in memory until it is over, and there are thousands of them for some questions. */
  async #ask<T>(call: (signal: AbortSignal) => Promise<T>, path?: string): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), ANSWER_MS);
    try {
      return await call(late.signal);
    } catch (error) {
      throw engineError(error, path);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The deadline is for the beginning; the caller's signal ends the stream. */
  #open(signal: AbortSignal, call: (signal: AbortSignal) => Promise<unknown>, path?: string): Promise<Readable> {
    return this.#ask(async (late) => (await call(AbortSignal.any([signal, late]))) as Readable, path);
  }
}
