import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface FakeContainer {
  Id: string;
  name: string;
  body: Record<string, unknown> & { Image: string; Labels: Record<string, string>; Tty?: boolean };
  State: { Running: boolean; Pid: number; ExitCode: number; OOMKilled: boolean; StartedAt: string; Health?: { Status: string } };
}

/** The Docker Engine's API over containers that are entries in a table (1.41: paths, status codes, forms of what is read). */
export class FakeEngine {
  readonly containers = new Map<string, FakeContainer>();
  readonly networks: string[] = [];
  readonly images = new Set<string>(['demo:1']);
  readonly pulled: string[] = [];
  readonly asked: string[] = [];
  /** How often it fails to do something to a container, such as `POST start`. */
  readonly failures = new Map<string, number>();
  /** Creates and starts at this moment, and at the most. */
  busy = 0;
  mostBusy = 0;
  /** Creates and starts take until then. */
  held: Promise<unknown> = Promise.resolve();
  /** What a pull tells, a line each. */
  pull: readonly Record<string, unknown>[] = [];
  #events = new Set<ServerResponse>();
  #runs = 0;
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.dropEvents();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get listeners(): number {
    return this.#events.size;
  }

  /** The stream of events breaks off. */
  dropEvents(): void {
    for (const events of this.#events) events.destroy();
    this.#events.clear();
  }

  byUuid(uuid: string): FakeContainer | undefined {
    return [...this.containers.values()].find(({ body }) => body.Labels['io.rancher.container.uuid'] === uuid);
  }

  add(labels: Record<string, string>, running = true): FakeContainer {
    const container = this.#create('made', { Image: 'demo:1', Labels: labels });
    container.State.Running = running;
    return container;
  }

  exit(uuid: string, exitCode: number, oomKilled = false): void {
    const container = this.byUuid(uuid);
    if (!container) throw new Error(`no container ${uuid}`);
    Object.assign(container.State, { Running: false, Pid: 0, ExitCode: exitCode, OOMKilled: oomKilled });
    this.tell(container, 'die');
  }

  tell({ Id, body }: FakeContainer, action: string): void {
    const line = JSON.stringify({ Type: 'container', Action: action, Actor: { ID: Id, Attributes: body.Labels } });
    for (const events of this.#events) events.write(`${line}\n`);
  }

  #create(name: string, body: FakeContainer['body']): FakeContainer {
    const State = { Running: false, Pid: 0, ExitCode: 0, OOMKilled: false, StartedAt: '0001-01-01T00:00:00Z' };
    const container = { Id: randomBytes(32).toString('hex'), name, body, State };
    this.containers.set(container.Id, container);
    return container;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://engine');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = url.pathname.replace(/\/$/, '');
    this.asked.push(`${request.method} ${path}`);
    if (/create|start$/.test(path)) await this.#work();
    const [status, body] = this.#route(`${request.method} ${path}`, url, text, response) ?? [404, { message: 'No such thing' }];
    if (status === 0) return;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  async #work(): Promise<void> {
    this.busy += 1;
    this.mostBusy = Math.max(this.mostBusy, this.busy);
    await new Promise((resolve) => setImmediate(resolve));
    await this.held;
    this.busy -= 1;
  }

  #route(what: string, url: URL, text: string, response: ServerResponse): [number, unknown?] | undefined {
    const body = () => JSON.parse(text || '{}');
    if (what === 'GET /events') return this.#follow(response);
    if (what === 'GET /networks') return [200, this.networks.map((Name) => ({ Name }))];
    if (what === 'POST /networks/create') return [201, { Id: String(this.networks.push(body().Name)) }];
    if (what === 'POST /images/create') return this.#pull(url.searchParams, response);
    if (what === 'GET /containers/json') {
      const [label = ''] = JSON.parse(url.searchParams.get('filters') ?? '{}').label as string[];
      const [name = '', value] = label.split('=');
      const found = [...this.containers.values()].filter(({ body: { Labels } }) => Labels[name] === value);
      return [200, found.map(({ Id, body: { Labels } }) => ({ Id, Labels }))];
    }
    if (what === 'POST /containers/create') {
      const wanted = body() as FakeContainer['body'];
      const reference = /:[^/]*$/.test(wanted.Image) ? wanted.Image : `${wanted.Image}:latest`;
      if (!this.images.has(reference)) return [404, { message: `No such image: ${wanted.Image}` }];
      return [201, { Id: this.#create(url.searchParams.get('name') ?? '', wanted).Id }];
    }
    const [, method, id = '', action = ''] = /^(\w+) \/containers\/([0-9a-f]+)(?:\/(\w+))?$/.exec(what) ?? [];
    const container = this.containers.get(id);
    return container ? this.#act(container, `${method} ${action}`, response) : undefined;
  }

  #act(container: FakeContainer, what: string, response: ServerResponse): [number, unknown?] | undefined {
    const { Id, body, State } = container;
    const failures = this.failures.get(what) ?? 0;
    this.failures.set(what, failures - 1);
    if (failures > 0) return [500, { message: 'not now' }];
    switch (what) {
      case 'GET json': {
        const address = State.Running ? `172.30.0.${1 + [...this.containers.keys()].indexOf(Id)}` : '';
        const Networks = { net: { IPAddress: address } };
        return [200, { Id, Config: { Tty: body.Tty, Labels: body.Labels }, State, HostConfig: {}, NetworkSettings: { Networks } }];
      }
      case 'POST start':
        if (State.Running) return [304];
        this.#runs += 1;
        Object.assign(State, { Running: true, Pid: this.#runs, StartedAt: `run ${this.#runs}` });
        return [204];
      case 'POST stop':
        if (!State.Running) return [304];
        Object.assign(State, { Running: false, ExitCode: 143 });
        this.tell(container, 'die');
        return [204];
      case 'DELETE ':
        this.containers.delete(Id);
        this.tell(container, 'destroy');
        return [204];
      case 'GET logs':
        response.end(Buffer.from('\x01\0\0\0\0\0\0\x08one\ntwo\n\x02\0\0\0\0\0\0\x06three\n', 'latin1'));
        return [0];
      case 'GET stats':
        return [
          200,
          {
            cpu_stats: { cpu_usage: { total_usage: 5 } },
            memory_stats: { usage: 7 },
            networks: { eth0: { rx_bytes: 1, tx_bytes: 2 } },
            blkio_stats: {
              io_service_bytes_recursive: [
                { major: 8, minor: 0, op: 'read', value: 3 },
                { major: 8, minor: 0, op: 'Write', value: 4 },
              ],
            },
          },
        ];
      default:
        return undefined;
    }
  }

  #follow(response: ServerResponse): [number] {
    response.writeHead(200).flushHeaders();
    this.#events.add(response);
    response.once('close', () => this.#events.delete(response));
    return [0];
  }

  #pull(query: URLSearchParams, response: ServerResponse): [number] {
    const image = `${query.get('fromImage')}:${query.get('tag')}`;
    this.pulled.push(image);
    response.writeHead(200);
    for (const line of this.pull) response.write(`${JSON.stringify(line)}\r\n`);
    if (!this.pull.some(({ error }) => error)) this.images.add(image);
    response.end();
    return [0];
  }
}
