import { Collection } from './collection.js';
import { ContainerCollection } from './containers.js';
import { InvalidArgumentError } from './errors.js';
import { endpoint } from './http/endpoint.js';
import type { Requester } from './http/exchange.js';
import { HttpClient, type RequestSeen } from './http/http.js';
import { HOSTS, PROJECTS, SERVICES, STACKS } from './kinds.js';
import type { Host } from './schemas/host.js';
import type { Project } from './schemas/project.js';
import type { Service } from './schemas/service.js';
import type { Stack } from './schemas/stack.js';
import { MeasuredCollection } from './streams/measured-collection.js';
import { type Connect, runConnection } from './subscribe/connection.js';
import { type SubscribeEvent, type SubscribeOptions, subscribe } from './subscribe/subscribe.js';

export interface RancherClientOptions {
  /** Origin and path of the API: `http://rancher:8080/v2-beta`. */
  url: string;
  /** An API key pair of Rancher's, sent as basic auth. */
  accessKey?: string | undefined;
  secretKey?: string | undefined;
  /** Milliseconds for each request, repetitions included; 10,000 by default. */
  deadlineMs?: number | undefined;
  /** Repetitions of a GET that met a connection error, a timeout or a 5xx; 2 by default. Nothing else is ever repeated. */
  retries?: number | undefined;
  /** Told of every try of every request. */
  onRequest?: ((seen: RequestSeen) => void) | undefined;
  /** In place of an own pool of connections; it isn't closed with the client. */
  requester?: Requester | undefined;
  /** In place of a websocket for `subscribe`. */
  connect?: Connect | undefined;
}

/** Rancher 1.6's v2-beta API. All requests go to the URL's origin, whatever links the answers hold. */
export class RancherClient {
  readonly projects: Collection<Project>;
  readonly #http: HttpClient;
  readonly #connect: Connect;

  /** @throws InvalidArgumentError */
  constructor({ url, accessKey, secretKey, connect = runConnection, ...options }: RancherClientOptions) {
    this.#connect = connect;
    this.#http = new HttpClient({ ...options, endpoint: endpoint(url, { accessKey, secretKey }) });
    this.projects = new Collection(this.#http, '', PROJECTS);
  }

  /** @throws InvalidArgumentError where the id isn't a project's */
  project(id: string): ProjectClient {
    if (!PROJECTS.id.test(id)) throw new InvalidArgumentError(`"${id}" is not the id of a project, such as 1a5.`);
    return new ProjectClient(this.#http, id, this.#connect);
  }

  /** Calls off what is under way, subscriptions included. */
  close(): Promise<void> {
    return this.#http.close();
  }
}

/** One project (environment) and what is in it. */
export class ProjectClient {
  readonly stacks: Collection<Stack>;
  readonly services: MeasuredCollection<Service>;
  readonly containers: ContainerCollection;
  readonly hosts: MeasuredCollection<Host>;
  readonly #http: HttpClient;

  constructor(
    http: HttpClient,
    readonly id: string,
    private readonly connect: Connect = runConnection,
  ) {
    this.#http = http;
    this.stacks = new Collection(http, this.#path, STACKS);
    this.services = new MeasuredCollection(http, this.#path, SERVICES);
    this.containers = new ContainerCollection(http, this.#path);
    this.hosts = new MeasuredCollection(http, this.#path, HOSTS);
  }

  /** Every change of every resource, for as long as the client is open and the signal hasn't fired. */
  subscribe(options: SubscribeOptions = {}): AsyncIterable<SubscribeEvent> {
    return subscribe(
      {
        url: `${this.#http.endpoint.base.replace(/^http/, 'ws')}${this.#path}/subscribe?eventNames=resource.change`,
        headers: this.#http.endpoint.headers,
        handshakeTimeoutMs: this.#http.deadlineMs,
        closing: this.#http.closing,
        connect: this.connect,
      },
      options,
    );
  }

  get #path(): string {
    return `/projects/${this.id}`;
  }
}
