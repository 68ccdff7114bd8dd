import type { ActivitySourceName } from '@mooring/resources';
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.js';
import type { ActivitySource, Reading, Readings, Target } from './reading.js';

/** What was said of each session, by uid. */
export type Answers = Map<string, Partial<Record<ActivitySourceName, Reading>>>;

export interface Asking {
  clock: Clock;
  log: Logger;
  /** What isn't answered by then counts as unknown, in ms from now. */
  deadlineMs: number;
}

/** A dear source is asked about so many sessions in one call, and so many calls are under way at once. */
const DEAR = { together: 25, atOnce: 4 };

/** Asks sources about those sessions whose policy wants their word, and adds what they say to `answers`. Never throws. */
export async function askSources(sources: readonly ActivitySource[], targets: readonly Target[], answers: Answers, asking: Asking) {
  const time = allow(asking);
  const queue = new PQueue({ concurrency: DEAR.atOnce });
  const ask = async (source: ActivitySource, some: readonly Target[]): Promise<void> => {
    collect(source, some, await readOnce(source, some, { time, log: asking.log }), answers);
  };
  const calls = sources.flatMap((source) => {
    const meant = targets.filter(({ session }) => session.spec.idlePolicy?.sources.includes(source.name));
    if (meant.length === 0) return [];
    if (source.cost === 'cheap') return [ask(source, meant)];
    return inGroups(meant, DEAR.together).map((some) => queue.add(() => ask(source, some)));
  });
  await Promise.all(calls);
  time.end();
}

/** The time that is given, by our own clock. */
interface Allowed {
  signal: AbortSignal;
  /** Says so once time is up. */
  up: Promise<{ why: string }>;
  /** It isn't needed any more. */
  end: () => void;
}

function allow({ clock, deadlineMs }: Asking): Allowed {
  const controller = new AbortController();
  let end = (): void => undefined;
  const up = new Promise<{ why: string }>((resolve) => {
    const timer = clock.after(deadlineMs, () => {
      resolve({ why: `it gave no answer within ${deadlineMs / 1000} s` });
      controller.abort();
    });
    end = () => timer.cancel();
  });
  return { signal: controller.signal, up, end };
}

/** A source that doesn't heed the signal isn't waited for either. */
async function readOnce(
  source: ActivitySource,
  targets: readonly Target[],
  { time, log }: { time: Allowed; log: Logger },
): Promise<Readings | { why: string }> {
  if (time.signal.aborted) return time.up;
  try {
    return await Promise.race([time.up, source.read(targets, time.signal)]);
  } catch (error) {
    log.warn({ err: error, source: source.name }, 'a source of activity failed');
    return { why: 'it failed; the log says how' };
  }
}

function collect({ name }: ActivitySource, targets: readonly Target[], readings: Readings | { why: string }, answers: Answers): void {
  const missing: Reading = { type: 'unknown', why: 'why' in readings ? readings.why : 'it said nothing about this session' };
  for (const { session } of targets) {
    const { uid } = session.metadata;
    const said = 'why' in readings ? missing : (readings.get(uid) ?? missing);
    const known = answers.get(uid);
    if (known) known[name] = said;
    else answers.set(uid, { [name]: said });
  }
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
