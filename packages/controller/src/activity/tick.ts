import type { ActivitySourceName, ObjectCache, Session } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.js';
import { type Answers, askSources } from './ask.js';
import type { ActivityBook } from './book.js';
import { activeReason } from './conditions.js';
import { type Look, observe, type Verdict } from './detector.js';
import { awaitsVersion, type Fate, fateOf, isWatched, mayBeUpdated, wantedAt } from './idleness.js';
import { type ActivityMetrics, type Counted, countVerdict, noneCounted } from './metrics.js';
import { needsDear } from './needs-dear.js';
import type { ActivitySource, Reading, Target } from './reading.js';
import { Tellers } from './tellers.js';
import { usableFrom } from './usable-from.js';

export interface TickerOptions {
  sessions: ObjectCache<'Session'>;
  book: ActivityBook;
  sources: readonly ActivitySource[];
  /** Which run of its container serves a Session, by uid; undefined where none runs. */
  runOf: (uid: string) => string | undefined;
  /** Between two ticks, in ms. */
  intervalMs: number;
  metrics: ActivityMetrics;
  /** Has the loop look at a Session: what is known of it leads to something. */
  wake: (name: string) => void;
  clock: Clock;
  log: Logger;
}

/** What a look at all sessions found. */
export interface TickReport {
  seen: number;
  counted: Counted;
}

const DEADLINE_MS = { cheap: 10_000, dear: 30_000, last: 10_000 };
/** Two ticks may be late, or fail, before the time between looks is a gap. */
const GAP_TICKS = 3;

/** Looks at all sessions that have an idle policy, again and again, and tells the loop of what has changed. */
export class ActivityTicker {
  #running: Promise<TickReport> | undefined;
  readonly #tellers = new Tellers();

  constructor(private readonly options: TickerOptions) {}

  /** One look; the one that is under way where there is one. */
  tick(): Promise<TickReport> {
    this.#running ??= this.#tick().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }

  /** Asks every source about one session, dear ones too; answers whether it could be asked about. */
  async ask(session: Session): Promise<boolean> {
    const target = this.#targetOf(session);
    if (!target) return false;
    const at = this.options.clock.now();
    const answers: Answers = new Map();
    // The dear ones look at the container from inside, where they would see the cheap ones ask.
    await this.#ask(this.#sourcesOf('cheap'), [target], answers, DEADLINE_MS.last);
    await this.#ask(this.#sourcesOf('dear'), [target], answers, DEADLINE_MS.last);
    const { memory, verdict } = this.#observe(target, at, answers.get(session.metadata.uid) ?? {});
    this.options.book.note(session.metadata.uid, memory, verdict);
    return true;
  }

  async #tick(): Promise<TickReport> {
    const { sessions, book, metrics, clock } = this.options;
    const at = clock.now();
    const targets = sessions.list().flatMap((session) => this.#targetOf(session) ?? []);
    for (const { session } of targets) this.#tellers.note(session, book.known(session.metadata.uid)?.memory);
    const answers: Answers = new Map();
    const dear = this.#sourcesOf('dear');
    await this.#ask(this.#sourcesOf('cheap'), targets, answers, DEADLINE_MS.cheap);
    const unclear =
      dear.length === 0 ? [] : targets.filter((target) => this.#needsDear(target, at, { answers, dear: dear.map(({ name }) => name) }));
    await this.#ask(dear, unclear, answers, DEADLINE_MS.dear);
    const counted = noneCounted();
    for (const target of targets) this.#take(target, at, { said: answers.get(target.session.metadata.uid) ?? {}, counted });
    const seen = new Set(targets.map(({ session }) => session.metadata.uid));
    book.setAside(
      (uid) => seen.has(uid),
      (uid) => sessions.byUid(uid) !== undefined,
    );
    await book.save(at);
    metrics.ticked(counted, (clock.now() - at) / 1000);
    return { seen: targets.length, counted };
  }

  #sourcesOf(wanted: ActivitySource['cost']): ActivitySource[] {
    return this.options.sources.filter(({ cost }) => cost === wanted);
  }

  #ask(sources: readonly ActivitySource[], targets: readonly Target[], answers: Answers, deadlineMs: number): Promise<void> {
    const { clock, log } = this.options;
    return askSources(sources, targets, answers, { clock, log, deadlineMs });
  }

  #targetOf(session: Session): Target | undefined {
    const { address, service, container } = session.status;
    if (!isWatched(session) || !address || !service || !container) return undefined;
    const run = this.options.runOf(session.metadata.uid);
    return run === undefined ? undefined : { session, address, serviceId: service.id, containerId: container.id, run };
  }

  #needsDear(target: Target, at: number, { answers, dear }: { answers: Answers; dear: readonly ActivitySourceName[] }): boolean {
    const policy = target.session.spec.idlePolicy;
    if (!policy) return false;
    const before = this.options.book.known(target.session.metadata.uid)?.memory;
    const { verdict } = this.#observe(target, at, answers.get(target.session.metadata.uid) ?? {});
    const afterSeconds = Math.min(policy.afterSeconds, (awaitsVersion(target.session) && policy.updateAfterSeconds) || policy.afterSeconds);
    return needsDear({ verdict, before, run: target.run, dear }, { afterSeconds }, 2 * this.options.intervalMs);
  }

  #take(target: Target, at: number, { said, counted }: { said: Look['readings']; counted: Counted }): void {
    const { book, wake, clock } = this.options;
    const { metadata, status } = target.session;
    const { memory, verdict } = this.#observe(target, at, said);
    book.note(metadata.uid, memory, verdict);
    countVerdict(counted, verdict);
    for (const [source, reading] of Object.entries(said) as [string, Reading][]) {
      const counts = counted.readings.get(source);
      if (counts) counts[reading.type] += 1;
    }
    const now = clock.now();
    const leads = leadsToSomething(fateOf(target.session, verdict, now)) || mayBeUpdated(target.session, { verdict, memory }, now);
    if (leads || isNews(verdict, status)) wake(metadata.name);
  }

  #observe({ session, run }: Target, at: number, readings: Look['readings']) {
    const policy = session.spec.idlePolicy;
    if (!policy) throw new TypeError(`the session ${session.metadata.name} has no idle policy`);
    const before = this.options.book.known(session.metadata.uid)?.memory;
    const maxGapMs = GAP_TICKS * this.options.intervalMs;
    const from = Math.max(wantedAt(session) ?? 0, usableFrom(session, at));
    return observe(before, { at, run, readings, maxGapMs, wantedAt: from, expected: this.#tellers.of(session) }, policy);
  }
}

const leadsToSomething = (fate: Fate): boolean =>
  fate.type === 'mark' || fate.type === 'due' || (fate.type === 'stays' && fate.unmark !== undefined);

/** Whether the condition Active would be another one. */
function isNews(verdict: Verdict, { conditions }: Session['status']): boolean {
  const active = conditions.find(({ type }) => type === 'Active');
  return active?.reason !== activeReason(verdict);
}
