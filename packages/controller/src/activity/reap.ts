import { getCondition, type ObjectCache, type ReaperReport, type Session } from '@mooring/resources';
import type { Clock } from '../runtime/clock.js';
import type { ActivityBook } from './book.js';
import { type Fate, fateOf } from './idleness.js';
import type { ActivityTicker, TickReport } from './tick.js';

export interface ReaperOptions {
  ticker: Pick<ActivityTicker, 'tick'>;
  book: Pick<ActivityBook, 'known'>;
  sessions: ObjectCache<'Session'>;
  /** Why Rancher can't be seen; undefined where it can. */
  blindness: () => string | undefined;
  /** Has the loop look at a Session. */
  wake: (name: string) => void;
  clock: Clock;
}

const DEADLINE_MS = 30_000;

type Outcome = 'deleted' | 'stopped' | 'kept' | undefined;

/** Passes on demand: a look at all sessions now, and the end of those that are due by it. */
export class Reaper {
  #running: Promise<ReaperReport> | undefined;

  constructor(private readonly options: ReaperOptions) {}

  /** One pass; the one that is under way where there is one. Resolves when what was due has ended, stays after all, or time is up. */
  pass(): Promise<ReaperReport> {
    this.#running ??= this.#pass().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #pass(): Promise<ReaperReport> {
    const { ticker, sessions, blindness } = this.options;
    const looked = await ticker.tick();
    const fates = sessions.list().map((session) => ({ session, fate: this.#fate(session) }));
    const due = fates.filter(({ session, fate }) => isDueNow(session, fate)).map(({ session }) => session);
    const outcomes = await this.#untilEnded(due);
    const problem = blindness() ?? sightless(looked);
    return {
      ...numbersOf(looked),
      marked: fates.filter(({ session, fate }) => !isDueNow(session, fate) && (fate.type === 'mark' || fate.type === 'marked')).length,
      deleted: count(outcomes, 'deleted'),
      stopped: count(outcomes, 'stopped'),
      failed: due.filter(({ metadata }) => outcomes.get(metadata.uid) === undefined).map((session) => this.#failure(session)),
      ...(problem !== undefined && { problem }),
    };
  }

  #fate(session: Session): Fate {
    const { book, clock } = this.options;
    return fateOf(session, book.known(session.metadata.uid)?.verdict, clock.now());
  }

  /** What became of each, by uid. */
  async #untilEnded(due: readonly Session[]): Promise<Map<string, Outcome>> {
    const { sessions, clock, wake } = this.options;
    const outcomes = new Map<string, Outcome>(due.map(({ metadata }) => [metadata.uid, undefined]));
    let left = due.length;
    if (left === 0) return outcomes;
    await new Promise<void>((resolve) => {
      const timer = clock.after(DEADLINE_MS, () => end());
      const unsubscribe = sessions.subscribe(({ type, object }) => {
        const { uid } = object.metadata;
        const outcome = type === 'DELETED' ? 'deleted' : outcomeOf(object);
        if (!outcome || !outcomes.has(uid) || outcomes.get(uid)) return;
        outcomes.set(uid, outcome);
        left -= 1;
        if (left === 0) end();
      });
      const end = (): void => {
        timer.cancel();
        unsubscribe();
        resolve();
      };
      for (const { metadata } of due) wake(metadata.name);
    });
    return outcomes;
  }

  #failure({ metadata, ...seen }: Session): ReaperReport['failed'][number] {
    const { status } = this.options.sessions.byUid(metadata.uid) ?? seen;
    const said = getCondition(status.conditions, 'Ready');
    return { session: metadata.name, why: `It has not ended after ${DEADLINE_MS / 1000} s: ${said?.message ?? 'nothing was seen of it'}` };
  }
}

/** Grace that is over, or that there is none of. */
const isDueNow = ({ spec }: Session, fate: Fate): boolean =>
  fate.type === 'due' || (fate.type === 'mark' && spec.idlePolicy?.graceSeconds === 0);

/** A mark that was taken away keeps it. */
function outcomeOf({ metadata, spec, status }: Session): Outcome {
  if (metadata.deletionTimestamp !== undefined) return undefined;
  if (!spec.running) return status.phase === 'Stopped' ? 'stopped' : undefined;
  return getCondition(status.conditions, 'Marked')?.status === 'False' ? 'kept' : undefined;
}

function numbersOf({ seen, counted }: TickReport): Pick<ReaperReport, 'seen' | 'active' | 'quiet' | 'unknown'> {
  const of = (verdict: Parameters<typeof counted.verdicts.get>[0]): number => counted.verdicts.get(verdict) ?? 0;
  return { seen, active: of('active'), quiet: of('quiet'), unknown: of('unknown') + of('cannot-be-judged') };
}

const count = (outcomes: ReadonlyMap<string, Outcome>, wanted: Outcome): number =>
  [...outcomes.values()].filter((outcome) => outcome === wanted).length;

/** Why a look saw nothing, if there was anything to see. */
function sightless({ seen, counted }: TickReport): string | undefined {
  if (seen === 0) return undefined;
  const told = [...counted.readings.values()].some(({ active, quiet }) => active + quiet > 0);
  return told ? undefined : 'No source of activity could tell anything of any session.';
}
