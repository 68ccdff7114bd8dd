import type { WebSocket } from 'ws';
import type { Scope } from '../api/render/links.js';
import { isShown, type Views } from '../api/render/views.js';
import type { AnyRecord, ResourceRecord } from '../model/records.js';
import type { Store } from '../store/store.js';
import { changeFrame, pingFrame } from './frames.js';

/** Who doesn't read is cut off; it connects and lists again. */
const MAX_BUFFERED = 32 * 1024 * 1024;

interface SubscriptionOptions {
  socket: WebSocket;
  store: Store;
  views: Views;
  scope: Scope;
  /** False: pings only, as for event names that Rancher doesn't know. */
  wantsChanges: boolean;
  /** Milliseconds between batches; 0: as soon as the current turn ends. */
  batchMs: number;
  /** Milliseconds between pings. */
  pingMs: number;
}

/** Sends changes and pings to one websocket until it closes. */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #changed = new Map<string, ResourceRecord>();
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    const { socket, store, batchMs, pingMs, wantsChanges } = options;
    const ping = setInterval(() => this.#send(pingFrame()), pingMs);
    const batches = batchMs > 0 ? setInterval(() => this.#flush(), batchMs) : undefined;
    const forget = wantsChanges ? store.onChange((records) => this.#note(records)) : () => undefined;
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      forget();
      clearInterval(ping);
      clearInterval(batches);
    });
  }

  #note(records: readonly AnyRecord[]): void {
    for (const record of records.filter(isShown)) this.#changed.set(`${record.kind}:${record.id}`, record);
    if (this.#options.batchMs > 0 || this.#timer) return;
    // Later in this turn of the event loop more may follow: one frame shows where it led.
    this.#timer = setImmediate(() => {
      this.#timer = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const { views, scope } = this.#options;
    const records = [...this.#changed.values()];
    this.#changed.clear();
    for (const record of records) this.#send(changeFrame(record, views.any(record, scope)));
  }

  #send(frame: string): void {
    const { socket } = this.#options;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED) socket.terminate();
    else socket.send(frame);
  }
}
