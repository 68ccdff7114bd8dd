import type { Clock } from '../runtime/clock.js';

/** One request of ours that a server may count. */
interface Sent {
  startedAt: number;
  endedAt?: number;
}

interface Entry {
  sent: Sent[];
  /** Until then more was sent than is remembered. */
  forgottenUntil: number;
}

/** A server counts a request when it has ended there, which may be a moment after it has ended here. */
const COUNTED_WITHIN_MS = 5_000;
const MAX_REMEMBERED = 200;
const MAX_SESSIONS = 20_000;
const FORGET_MS = 3_600_000;

/**
 * What Mooring itself has sent to sessions, so that its own requests are never taken for somebody's. Kept in memory: whoever compares
 * counters across a restart of Mooring has no earlier count to compare with.
 */
export class OwnRequests {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Notes a request to the session that starts now. To be called at its end with whether it may have reached the session's own server. */
  begin(uid: string): (mayHaveReached: boolean) => void {
    const sent: Sent = { startedAt: this.clock.now() };
    const entry = this.#entryFor(uid);
    entry.sent.push(sent);
    return (mayHaveReached) => {
      sent.endedAt = this.clock.now();
      if (!mayHaveReached) entry.sent.splice(entry.sent.indexOf(sent) >>> 0, 1);
    };
  }

  /**
   * How many of them may have been counted after `from` and until `to` (ms since the epoch), rather too many than too few; Infinity where
   * that isn't known any more.
   */
  between(uid: string, from: number, to: number): number {
    const entry = this.#entries.get(uid);
    if (!entry) return 0;
    if (entry.forgottenUntil >= from) return Number.POSITIVE_INFINITY;
    const until = ({ endedAt }: Sent): number => (endedAt === undefined ? Number.POSITIVE_INFINITY : endedAt + COUNTED_WITHIN_MS);
    return entry.sent.filter((sent) => sent.startedAt <= to && until(sent) >= from).length;
  }

  /** Whether any of them that may have reached the session was under way between the two times (ms since the epoch). */
  wasSent(uid: string, from: number, to: number): boolean {
    const sent = this.#entries.get(uid)?.sent ?? [];
    return sent.some(({ startedAt, endedAt = Number.POSITIVE_INFINITY }) => startedAt <= to && endedAt >= from);
  }

  #entryFor(uid: string): Entry {
    const entry = this.#entries.get(uid) ?? { sent: [], forgottenUntil: Number.NEGATIVE_INFINITY };
    this.#entries.delete(uid);
    this.#entries.set(uid, entry);
    this.#forgetOld(entry);
    if (this.#entries.size > MAX_SESSIONS) for (const oldest of [...this.#entries.keys()].slice(0, 1)) this.#entries.delete(oldest);
    return entry;
  }

  #forgetOld(entry: Entry): void {
    const now = this.clock.now();
    const isOld = ({ endedAt }: Sent): boolean => endedAt !== undefined && endedAt < now - FORGET_MS;
    while (entry.sent[0] && (isOld(entry.sent[0]) || entry.sent.length >= MAX_REMEMBERED)) {
      const [forgotten] = entry.sent.splice(0, 1);
      entry.forgottenUntil = (forgotten?.endedAt ?? now) + COUNTED_WITHIN_MS;
    }
  }
}
