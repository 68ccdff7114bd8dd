import { WebSocket } from 'ws';
import type { Harness } from './harness.js';

export interface Frame {
  id: string;
  name: string;
  resourceId: string | null;
  resourceType: string | null;
  data: { resource?: Record<string, unknown>; resources?: unknown[] };
  time: number;
}

/** Websockets to `subscribe`, all of them to be closed at the end of a test. */
export class Subscriber {
  readonly #rancher: Harness;
  readonly #sockets: WebSocket[] = [];

  constructor(rancher: Harness) {
    this.#rancher = rancher;
  }

  /** The frames as they come, from the handshake on. */
  async frames(path: string, headers: Record<string, string> = {}): Promise<Frame[]> {
    const socket = new WebSocket(`${this.#rancher.rancher.url.replace('http', 'ws')}/${path}`, { headers });
    this.#sockets.push(socket);
    const frames: Frame[] = [];
    socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return frames;
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }
}

export const findFrame = (frames: readonly Frame[], type: string, state: string): Frame | undefined =>
  frames.find((frame) => frame.resourceType === type && frame.data.resource?.state === state);
