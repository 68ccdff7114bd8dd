import type { ContainerFiles } from '@mooring/http-front';
import type { ProjectClient } from '@mooring/rancher-client';
import { satelliteFiles } from './satellite-files.js';
import { byHost, placeOf, SATELLITE_LABEL, type SatellitePlace } from './satellite-places.js';

/** Rancher is asked so seldom where satellites are, in ms; sooner where one is missing or doesn't answer. */
const EVERY_MS = 60_000;
const SOONEST_MS = 5_000;
const KNOWN = 10_000;
/** It must answer before whoever asked us gives up. */
const RANCHER_MS = 10_000;

export type Project = { [K in 'containers' | 'hosts']: Pick<ProjectClient[K], 'find'> } & {
  containers: Pick<ProjectClient['containers'], 'listAs'>;
};

export interface RancherFilesOptions {
  /** The environment, once it was found. */
  project: () => Project | undefined;
  /** What requests to satellites are signed with; the first signs. */
  secrets: () => readonly string[];
  /** In ms since the epoch. */
  now: () => number;
}

class HostError extends Error {
  override readonly name = 'HostError';
  constructor(
    readonly code: 'NotFound' | 'Unavailable',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

/** Asks the satellite of the host that a container is on. */
class Satellites {
  #places = new Map<string, string>();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  readonly #clients = new Map<string, ContainerFiles>();
  readonly #names = new Map<string, string>();
  /** By Rancher's ids of containers: what never changes of them. */
  readonly #known = new Map<string, { uuid: string; hostId: string }>();

  constructor(private readonly options: RancherFilesOptions) {}

  async ask<T>(id: string, question: (files: ContainerFiles, uuid: string) => Promise<T>): Promise<T> {
    const { uuid, hostId } = await this.#container(id);
    const url = await this.#placeOf(hostId);
    const host = await this.#nameOf(hostId, url);
    if (url === undefined)
      throw new HostError(
        'Unavailable',
        `No satellite runs on the host ${host}, where the container is. Its containers with the label ${SATELLITE_LABEL} are looked for.`,
      );
    try {
      return await question(this.#client(url, host), uuid);
    } catch (error) {
      if (codeOf(error) === 'Unauthorized')
        throw new HostError(
          'Unavailable',
          `The satellite of the host ${host} takes no signature of ours. Compare the secrets there and here, and the clocks.`,
          {
            cause: error,
          },
        );
      // It may have been started anew, at another address.
      if (codeOf(error) === 'Unavailable') this.#readAt = Math.min(this.#readAt, this.options.now() - EVERY_MS + SOONEST_MS);
      throw error;
    }
  }

  #client(url: string, host: string): ContainerFiles {
    const key = `${host} ${url}`;
    const known = this.#clients.get(key) ?? satelliteFiles({ url, host, secrets: this.options.secrets });
    this.#clients.set(key, known);
    return known;
  }

  async #container(id: string): Promise<{ uuid: string; hostId: string }> {
    const before = this.#known.get(id);
    if (before) return before;
    const { uuid, hostId } = (await this.#rancher(({ containers }, signal) => containers.find(id, { signal }))) ?? {};
    if (!uuid || !hostId) throw new HostError('NotFound', `Rancher has no container ${id} on a host.`);
    if (this.#known.size >= KNOWN) this.#known.clear();
    this.#known.set(id, { uuid, hostId });
    return { uuid, hostId };
  }

  async #placeOf(hostId: string): Promise<string | undefined> {
    const age = this.options.now() - this.#readAt;
    if (age >= (this.#places.has(hostId) ? EVERY_MS : SOONEST_MS)) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#places.get(hostId);
  }

  async #read(): Promise<void> {
    const places = await this.#rancher(({ containers }, signal) => containers.listAs(placeOf, {}, { signal }));
    this.#places = byHost(places.filter((place): place is SatellitePlace => place !== undefined));
    this.#readAt = this.options.now();
  }

  /** As people know it. A host that is asked about is named by its id where Rancher doesn't tell. */
  async #nameOf(hostId: string, url: string | undefined): Promise<string> {
    const known = url === undefined ? undefined : this.#names.get(hostId);
    if (known !== undefined) return known;
    const host = await this.#rancher(({ hosts }, signal) => hosts.find(hostId, { signal })).catch(() => undefined);
    const name = host?.hostname ?? host?.name ?? hostId;
    if (host) this.#names.set(hostId, name);
    return name;
  }

  async #rancher<T>(question: (project: Project, signal: AbortSignal) => Promise<T>): Promise<T> {
    const project = this.options.project();
    if (!project) throw new HostError('Unavailable', 'Rancher has not been found yet, which tells where the container is.');
    try {
      return await question(project, AbortSignal.timeout(RANCHER_MS));
    } catch (cause) {
      throw new HostError('Unavailable', 'Rancher does not answer, which tells on which host the container is.', { cause });
    }
  }
}

/** The files of containers on any host of a Rancher's, by Rancher's ids. */
export function rancherFiles(options: RancherFilesOptions): ContainerFiles {
  const satellites = new Satellites(options);
  return {
    state: (id, signal) => satellites.ask(id, (files, uuid) => files.state(uuid, signal)),
    changes: (id, signal) => satellites.ask(id, (files, uuid) => files.changes(uuid, signal)),
    readFile: (id, path, asked) => satellites.ask(id, (files, uuid) => files.readFile(uuid, path, asked)),
    readArchive: (id, signal) => satellites.ask(id, (files, uuid) => files.readArchive(uuid, signal)),
    writeArchive: (id, path, tar, signal) => satellites.ask(id, (files, uuid) => files.writeArchive(uuid, path, tar, signal)),
    logs: (id, asked) => satellites.ask(id, (files, uuid) => files.logs(uuid, asked)),
  };
}
