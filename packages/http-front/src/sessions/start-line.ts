import { byTurn, type CacheEvent, isQueued, type Session, type Turn, turnOf } from '@mooring/resources';
import type { FrontOptions } from '../options.js';
import type { Queue } from './saying.js';

export interface StartLineOptions extends Pick<FrontOptions, 'sessions'> {
  /** Milliseconds from a move to when it is told: what moves meanwhile is told with it. */
  settleMs: number;
}

interface Waiting {
  session: Session;
  turn: Turn;
}

/**
 * People's sessions that wait for their turn to start, in the order in which they will: so a place is told from memory, and written to no
 * object. What a pool is filled with comes after all of them, and is left out.
 */
export class StartLine {
  readonly #line: Turn[] = [];
  /** By uid. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners = new Set<(waiting: Iterable<Session>) => void>();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: StartLineOptions) {
    this.#unsubscribe = options.sessions.subscribe((event) => this.#follow(event));
    for (const object of options.sessions.list()) this.#follow({ type: 'ADDED', object });
  }

  /** undefined where it doesn't wait. */
  placeOf({ metadata }: Session): Queue | undefined {
    const waiting = this.#waiting.get(metadata.uid);
    return waiting && { place: this.#indexOf(waiting.turn) + 1, of: this.#line.length };
  }

  /** Called with those that wait, a moment after somebody's place has changed. */
  onMove(listener: (waiting: Iterable<Session>) => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#unsubscribe();
    clearTimeout(this.#timer);
  }

  #follow({ type, object }: CacheEvent<'Session'>): void {
    const { uid } = object.metadata;
    const before = this.#waiting.get(uid)?.turn;
    const after = type === 'DELETED' ? undefined : personsTurn(object);
    if (after) this.#waiting.set(uid, { session: object, turn: after });
    else this.#waiting.delete(uid);
    if (before?.wantedAt === after?.wantedAt) return;
    if (before) this.#line.splice(this.#indexOf(before), 1);
    if (after) this.#line.splice(this.#indexOf(after), 0, after);
    this.#moved();
  }

  #moved(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const listener of this.#listeners) listener([...this.#waiting.values()].map(({ session }) => session));
    }, this.options.settleMs).unref();
  }

  /** How many stand before this turn. */
  #indexOf(turn: Turn): number {
    let [low, high] = [0, this.#line.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#line[middle];
      if (other !== undefined && byTurn(other, turn) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function personsTurn(session: Session): Turn | undefined {
  const turn = isQueued(session) ? turnOf(session) : undefined;
  return turn?.isWarm ? undefined : turn;
}
