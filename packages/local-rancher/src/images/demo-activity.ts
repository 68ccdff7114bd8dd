/** What Jupyter's /api/status tells, in its form, and whose it is. */
export interface DemoStatus {
  connections: number;
  kernels: number;
  /** RFC 3339. */
  last_activity: string;
  /** RFC 3339. */
  started: string;
  instance: string;
}

/** Counts as Jupyter does: an open websocket that says nothing is a connection, but no activity. */
export class DemoActivity {
  #connections = 0;
  #started = new Date();
  #lastActivity = this.#started;

  constructor(readonly instance: string) {}

  connected(): void {
    this.#connections += 1;
  }

  disconnected(): void {
    this.#connections -= 1;
  }

  active(): void {
    this.#lastActivity = new Date();
  }

  status(): DemoStatus {
    return {
      connections: this.#connections,
      kernels: 0,
      last_activity: this.#lastActivity.toISOString(),
      started: this.#started.toISOString(),
      instance: this.instance,
    };
  }
}
