import { type Condition, getCondition } from '@mooring/resources';

/** `created`: a Session's first start; `woken`: the start of one whose service was there before. */
export type StartKind = 'created' | 'woken';

/** In seconds: half of the starts took no longer than `median`, nine in ten no longer than `ninetieth`. */
export interface UsualStart {
  median: number;
  ninetieth: number;
}

/** Fewer tell nothing of what is usual. */
const LEAST = 10;
/** What was longer ago is not how it is now. */
const MOST = 100;

/** How long the last starts took, as the histogram measures them; it can't tell the last ones from those before. */
export class StartTimes {
  readonly #seconds: Record<StartKind, number[]> = { created: [], woken: [] };
  /** Asked for with every page, and another with each start only. */
  readonly #usual = new Map<StartKind, UsualStart | undefined>();

  /** A Session that was first seen wanting at `sinceMs` has become ready; its conditions tell when. */
  observe(sinceMs: number, conditions: readonly Condition[]): void {
    const [ready, service] = ['Ready', 'ServiceCreated'].map((type) =>
      Date.parse(getCondition(conditions, type)?.lastTransitionTime ?? ''),
    );
    if (ready === undefined || service === undefined || Number.isNaN(ready)) return;
    const kind = service >= sinceMs ? 'created' : 'woken';
    const seconds = this.#seconds[kind];
    this.#usual.delete(kind);
    seconds.push(Math.max(0, ready - sinceMs) / 1000);
    if (seconds.length > MOST) seconds.shift();
  }

  /** undefined where too few starts were seen. */
  usual(kind: StartKind): UsualStart | undefined {
    if (!this.#usual.has(kind)) this.#usual.set(kind, this.#reckon(kind));
    return this.#usual.get(kind);
  }

  #reckon(kind: StartKind): UsualStart | undefined {
    const sorted = [...this.#seconds[kind]].sort((a, b) => a - b);
    if (sorted.length < LEAST) return undefined;
    return { median: quantile(sorted, 0.5), ninetieth: quantile(sorted, 0.9) };
  }
}

/** Nearest rank: the least value that so large a share of the values doesn't exceed. */
const quantile = (sorted: readonly number[], share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
