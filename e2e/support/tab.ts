import { WebSocket } from 'ws';
import type { Person } from './person.js';
import { until } from './until.js';

/** So long a page waits before it connects again, in ms. */
const AGAIN_MS = 100;

/** A page that stays open in somebody's browser: its websocket says nothing, and connects again when it was cut off. */
export class Tab {
  #socket: WebSocket | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(
    private readonly person: Person,
    private readonly path: string,
  ) {}

  /** Resolves when it is connected. */
  static async open(person: Person, path: string): Promise<Tab> {
    const tab = new Tab(person, path);
    tab.#connect();
    await tab.connected();
    return tab;
  }

  get isConnected(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  async connected(): Promise<void> {
    await until(() => this.isConnected, { withinMs: 30_000, what: () => `the websocket of ${this.person.user}'s page` });
  }

  send(message: string): void {
    this.#socket?.send(message);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#socket?.terminate();
  }

  #connect(): void {
    const { origin, headers, cookie } = this.person;
    const socket = new WebSocket(`${origin.replace('http', 'ws')}${this.path}`, { headers: { ...headers, cookie } });
    this.#socket = socket;
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      if (!this.#closed) this.#again = setTimeout(() => this.#connect(), AGAIN_MS);
    });
  }
}
