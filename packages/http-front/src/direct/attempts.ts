import { Problem } from '../http/problem.js';

/** Failed attempts of one address, and for one user name, in a window. */
const MOST = 10;
const WINDOW_MS = 60_000;
const REMEMBERED = 10_000;
/** Each takes 32 MiB and a core for a tenth of a second. */
const MOST_AT_ONCE = 4;

function tooMany(seconds: number): Problem {
  const detail = `More than ${MOST} attempts to sign in failed within a minute. Wait ${seconds} s, then try again.`;
  return new Problem({ status: 429, code: 'too-many-attempts', title: 'Too Many Requests', detail, retryAfter: seconds });
}

/** Lets nobody try out passwords: neither one address many, nor many addresses those of one user. */
export class Attempts {
  readonly #failed = new Map<string, { count: number; endsAt: number }>();
  #underWay = 0;

  constructor(private readonly now: () => number) {}

  /** Runs an attempt, and counts it where it answers false. @throws a 429 Problem without running it */
  async run(keys: readonly string[], attempt: () => Promise<boolean>): Promise<boolean> {
    for (const key of keys) this.#check(key);
    if (this.#underWay >= MOST_AT_ONCE) throw tooMany(1);
    // Counted before it is known how it ends: many at once are not more than one after another.
    for (const key of keys) this.#count(key, 1);
    this.#underWay += 1;
    try {
      const succeeded = await attempt();
      if (succeeded) for (const key of keys) this.#count(key, -1);
      return succeeded;
    } finally {
      this.#underWay -= 1;
    }
  }

  #check(key: string): void {
    const known = this.#failed.get(key);
    if (known === undefined || known.count < MOST) return;
    const leftMs = known.endsAt - this.now();
    if (leftMs > 0 && leftMs <= WINDOW_MS) throw tooMany(Math.ceil(leftMs / 1000));
    this.#failed.delete(key);
  }

  #count(key: string, change: 1 | -1): void {
    const now = this.now();
    const known = this.#failed.get(key);
    const isOver = known === undefined || known.endsAt <= now;
    const count = (isOver ? 0 : known.count) + change;
    this.#failed.delete(key);
    if (count <= 0) return;
    this.#failed.set(key, { count, endsAt: isOver ? now + WINDOW_MS : known.endsAt });
    const [oldest] = this.#failed.keys();
    if (this.#failed.size > REMEMBERED && oldest !== undefined) this.#failed.delete(oldest);
  }
}
