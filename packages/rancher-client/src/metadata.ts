import { z } from 'zod';
import { InvalidArgumentError, RancherError } from './errors.js';
import { endpoint } from './http/endpoint.js';
import type { Requester } from './http/exchange.js';
import { DEFAULT_DEADLINE_MS, HttpClient } from './http/http.js';
import {
  type MetadataContainer,
  type MetadataService,
  type MetadataStack,
  metadataContainerSchema,
  metadataServiceSchema,
  metadataStackSchema,
} from './schemas/metadata.js';

export interface MetadataClientOptions {
  /** `http://rancher-metadata`. */
  url: string;
  /** The version of the format; 2016-07-29 by default. */
  version?: string | undefined;
  /** Milliseconds for each request; 10,000 by default. */
  deadlineMs?: number | undefined;
  requester?: Requester | undefined;
}

export interface WaitOptions {
  /** Seconds that the service may hold the answer back. */
  maxWaitSeconds: number;
  signal?: AbortSignal | undefined;
}

/** Where the asking container runs; null where the service knows of none (it runs outside of Rancher). */
export interface MetadataSelf {
  stack: MetadataStack | null;
  container: MetadataContainer | null;
}

const versionSchema = z.union([z.string(), z.number()]).transform(String);

/** Rancher's metadata service, as containers see it. It needs no credentials. Throws as RancherClient's methods do. */
export class MetadataClient {
  readonly #http: HttpClient;
  readonly #prefix: string;
  readonly #deadlineMs: number;

  /** @throws InvalidArgumentError */
  constructor({ url, version = '2016-07-29', deadlineMs = DEFAULT_DEADLINE_MS, requester }: MetadataClientOptions) {
    if (!/^[\w.-]+$/.test(version)) throw new InvalidArgumentError(`"${version}" is not a version of the metadata, such as 2016-07-29.`);
    this.#http = new HttpClient({ endpoint: endpoint(url), deadlineMs, requester });
    this.#prefix = `/${version}`;
    this.#deadlineMs = deadlineMs;
  }

  async self(): Promise<MetadataSelf> {
    const [stack, container] = await Promise.all([
      orNull(this.#get('/self/stack', metadataStackSchema)),
      orNull(this.#get('/self/container', metadataContainerSchema)),
    ]);
    return { stack, container };
  }

  stacks(): Promise<MetadataStack[]> {
    return this.#get('/stacks', z.array(metadataStackSchema));
  }

  services(): Promise<MetadataService[]> {
    return this.#get('/services', z.array(metadataServiceSchema));
  }

  containers(): Promise<MetadataContainer[]> {
    return this.#get('/containers', z.array(metadataContainerSchema));
  }

  /** What stands at a path below the version, such as `/self/service/metadata`, as the caller's schema has it. */
  read<T>(path: `/${string}`, schema: z.ZodType<T>): Promise<T> {
    return this.#get(path, schema);
  }

  /** Changes whenever anything in the metadata does. */
  version(): Promise<string> {
    return this.#get('/version', versionSchema);
  }

  /** The version as soon as it isn't `previous`, or `previous` itself when the time is over. */
  waitForVersion(previous: string, { maxWaitSeconds, signal }: WaitOptions): Promise<string> {
    return this.#http.request({
      method: 'GET',
      path: `${this.#prefix}/version`,
      query: [
        ['wait', 'true'],
        ['value', previous],
        ['maxWait', String(maxWaitSeconds)],
      ],
      schema: versionSchema,
      signal,
      deadlineMs: maxWaitSeconds * 1000 + this.#deadlineMs,
      retries: 0,
    });
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#http.request({ method: 'GET', path: this.#prefix + path, schema });
  }
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RancherError && error.status === 404) return null;
    throw error;
  }
}
