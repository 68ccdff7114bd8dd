import { ask } from './person.js';
import { until } from './until.js';

export interface Explained {
  phase: string;
  idle?: { policy: { afterSeconds: number; sources: string[] }; verdict?: string; sources: { source: string; said: string }[] };
  events: { at: string; reason: string; readings: Record<string, string> }[];
}

/** What an operator sees at Mooring's internal listener of who is idle. */
export class Idleness {
  constructor(private readonly internal: string) {}

  /** How many times it was looked for idle sessions, since Mooring runs. */
  async looks(): Promise<number> {
    const { text } = await ask(this.internal, '/metrics');
    return Number(/^mooring_activity_tick_seconds_count (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  /** Waits until it was looked so many times more: with a look a second, for so many seconds at least. */
  async untilLooked(times: number): Promise<void> {
    const from = await this.looks();
    const isDone = async (): Promise<boolean> => (await this.looks()) > from + times;
    await until(isDone, { withinMs: 20_000 + times * 5_000, everyMs: 100, what: () => `${times} looks` });
  }

  /** undefined where there is no such session. */
  async explain(session: string): Promise<Explained | undefined> {
    const { status, text } = await ask(this.internal, `/explain/${session}`);
    return status === 404 ? undefined : (JSON.parse(text) as Explained);
  }

  async untilPhase(session: string, phase: string): Promise<Explained> {
    let last: Explained | undefined;
    return until(
      async () => {
        last = await this.explain(session);
        return last?.phase === phase && last;
      },
      { withinMs: 30_000, everyMs: 50, what: () => `${session} to be ${phase}: ${JSON.stringify(last)}` },
    );
  }

  async untilGone(session: string): Promise<void> {
    let last: Explained | undefined;
    const isGone = async (): Promise<boolean> => {
      last = await this.explain(session);
      return last === undefined;
    };
    await until(isGone, { withinMs: 30_000, everyMs: 50, what: () => `${session} to be gone: ${JSON.stringify(last)}` });
  }
}
