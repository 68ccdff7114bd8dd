import type { EmbeddedRancher } from '@mooring/local-rancher';
import type { Connect, Connection } from '@mooring/rancher-client';
import type { StreamFault } from '../schedule/events.js';
import type { Life } from './life.js';
import type { Tally } from './tally.js';

/** Frames come in batches about once a second, so that short states never show (recordings 06-01 to 06-03). */
const BATCH_MS = 1000;
/** A peer that doesn't ping counts as dead after so long. */
const SILENCE_MS = 15_000;
const LATE_MS = 4000;

interface Armed {
  fault: StreamFault;
  left: number;
}

/** The stream of changes between Rancher and one process. */
export class Stream {
  #armed: Armed[] = [];
  #end: ((reason: string) => void) | undefined;

  constructor(
    private readonly rancher: EmbeddedRancher,
    private readonly tally: Tally,
    /** Whether Rancher can be reached now. */
    private readonly isUp: () => boolean,
  ) {}

  arm(fault: StreamFault, count: number): void {
    if (fault === 'closed-stream') this.#close();
    else if (fault === 'silent-stream') this.#fallSilent();
    else this.#armed.push({ fault, left: count });
  }

  clear(): void {
    this.#armed = [];
  }

  /** The process at the other end is gone. */
  hangUp(): void {
    this.#end?.('the process has ended');
    this.#end = undefined;
  }

  /** For one process: what it is told ends with it. */
  connectFor(life: Life): Connect {
    return (connection) => this.#run(connection, life);
  }

  #run({ onOpen, onFrame, signal }: Connection, life: Life): Promise<string> {
    return new Promise((resolve) => {
      if (!life.isAlive) return;
      if (!this.isUp()) {
        resolve('refused');
        return;
      }
      // Of several changes of one object in a batch, the last is told.
      const waiting = new Map<string, () => string>();
      const forget = this.rancher.subscribe((object, frame) => waiting.set(object, frame));
      const tell = (frame: string): void => {
        if (life.isAlive && !signal.aborted && this.#end === end) onFrame(frame);
      };
      const batches = setInterval(() => {
        const frames = [...waiting.values()];
        waiting.clear();
        for (const frame of frames) this.#send(frame(), tell);
      }, BATCH_MS);
      const end = (reason: string): void => {
        forget();
        clearInterval(batches);
        if (life.isAlive) resolve(reason);
      };
      this.#end = end;
      signal.addEventListener('abort', () => end('called off'), { once: true });
      onOpen();
    });
  }

  #send(frame: string, tell: (frame: string) => void): void {
    switch (this.#next()) {
      case 'lost-events':
        return;
      case 'late-events':
        setTimeout(() => tell(frame), LATE_MS);
        return;
      case 'repeated-events':
        tell(frame);
        setTimeout(() => tell(frame), LATE_MS);
        return;
      default:
        tell(frame);
    }
  }

  #next(): StreamFault | undefined {
    const [first] = this.#armed;
    if (!first) return undefined;
    first.left -= 1;
    if (first.left <= 0) this.#armed.shift();
    this.tally.count(`fault ${first.fault}`);
    return first.fault;
  }

  #close(): void {
    if (this.#end) this.tally.count('fault closed-stream');
    this.#end?.('closed by Rancher (1006)');
    this.#end = undefined;
  }

  /** Nothing comes any more, and only the missing pings tell. */
  #fallSilent(): void {
    const end = this.#end;
    if (!end) return;
    this.tally.count('fault silent-stream');
    this.#end = undefined;
    setTimeout(() => end('no ping for 15000 ms'), SILENCE_MS);
  }
}
