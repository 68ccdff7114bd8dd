/** A kernel as Jupyter tells it; times in ms since the epoch. */
export interface Kernel {
  state: 'starting' | 'idle' | 'busy';
  lastActivity: number;
  connections: number;
  /** Since when it is busy. */
  busySince: number | undefined;
}

/**
 * A server in one run of a container, and who uses it. What moves which `last_activity` is as measured with jupyter-server 2: requests and
 * opening a websocket the server's, a cell's begin and end both, an open websocket none.
 */
export class Notebook {
  readonly started = Date.now();
  kernel: Kernel | undefined;
  #touched = Date.now();
  readonly #sockets = new Map<number, () => void>();
  #ports = 20_000;
  /** When Traefik's kept connection was used last. */
  #keptAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly isJupyter: boolean,
    /** How long Traefik keeps a connection that nobody uses, in ms. */
    private readonly keepMs: number,
  ) {}

  /** Anything but a question for the status. */
  touch(): void {
    this.#touched = Date.now();
  }

  /** A request through Traefik. */
  request(): void {
    this.touch();
    this.keep();
  }

  /** Traefik keeps the connection of a request for a while, also that of a question for the status. */
  keep(): void {
    this.#keptAt = Date.now();
  }

  /** Somebody's websocket, by the number of its port at Traefik; `onDrop` is told when the other end goes away. */
  connect(onDrop: () => void): number {
    this.touch();
    if (this.isJupyter) this.kernel ??= { state: 'starting', lastActivity: Date.now(), connections: 0, busySince: undefined };
    if (this.kernel) {
      this.kernel.connections += 1;
      if (this.kernel.state === 'starting') this.kernel.state = 'idle';
    }
    this.#ports += 1;
    this.#sockets.set(this.#ports, onDrop);
    return this.#ports;
  }

  disconnect(port: number): void {
    if (this.#sockets.delete(port) && this.kernel) this.kernel.connections -= 1;
  }

  /** All connections end at Traefik's end. */
  drop(): void {
    for (const [port, onDrop] of [...this.#sockets]) {
      this.disconnect(port);
      onDrop();
    }
    this.#keptAt = Number.NEGATIVE_INFINITY;
  }

  isConnected(port: number): boolean {
    return this.#sockets.has(port);
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Ports of Traefik that are connected to the container's: websockets, and what Traefik keeps after a request. */
  ports(): number[] {
    const kept = Date.now() - this.#keptAt < this.keepMs ? [19_999] : [];
    return [...this.#sockets.keys(), ...kept];
  }

  /** A cell runs for a while. */
  execute(seconds: number): void {
    const { kernel } = this;
    if (!kernel) return;
    kernel.busySince ??= Date.now();
    kernel.state = 'busy';
    kernel.lastActivity = this.#touched = Date.now();
    setTimeout(() => {
      kernel.busySince = undefined;
      kernel.state = 'idle';
      kernel.lastActivity = this.#touched = Date.now();
    }, seconds * 1000);
  }

  /** What its API answers; undefined where there is none. */
  answer(path: string): unknown {
    if (!this.isJupyter) return undefined;
    if (path.endsWith('/api/status')) return this.#status();
    if (path.endsWith('/api/kernels')) return this.#asked(this.kernel ? [kernelBody(this.kernel)] : []);
    return path.endsWith('/api/terminals') ? this.#asked([]) : undefined;
  }

  #asked<T>(body: T): T {
    this.touch();
    return body;
  }

  #status() {
    return {
      connections: this.kernel?.connections ?? 0,
      kernels: this.kernel ? 1 : 0,
      last_activity: iso(this.#touched),
      started: iso(this.started),
    };
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

const kernelBody = ({ state, lastActivity, connections }: Kernel) => ({
  last_activity: iso(lastActivity),
  execution_state: state,
  connections,
});
