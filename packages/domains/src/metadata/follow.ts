import type { Clock } from '../clock.js';
import { asking } from '../table/table.js';
import type { Told } from '../table/types.js';
import { judge, type Known } from './reading.js';
import type { MetadataSource } from './source.js';

export interface Follower {
  /** What is so now; the next answer is asked for when it has been taken in. Answers whether it was: else it is told again soon. */
  onTold: (told: Told) => Promise<boolean>;
  /** What is wrong, in a sentence; undefined when nothing is any more. */
  onProblem: (problem: string | undefined) => void;
  /** Called now and then, at least as often as the metadata service is asked. */
  onLook?: () => Promise<void>;
}

export interface FollowOptions extends Follower {
  source: MetadataSource;
  /** The label by which containers ask for requests. */
  label: string;
  clock: Clock;
  signal: AbortSignal;
  /** What an earlier run has left. */
  known?: Known;
}

/** Seconds that the metadata service may hold an answer back. */
const MAX_WAIT_S = 30;
/** Between two questions of a service that doesn't wait, or doesn't answer, in ms. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
/** Before an answer that has nobody left is asked for again. */
const CONFIRM_MS = 500;

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const NOTHING_KNOWN: Known = { aliases: undefined, asking: 0 };

interface Read {
  known: Known;
  /** Whether every part of the answer was one. */
  whole: boolean;
}

/** Reads until there is something to take or to keep. @throws as the source does */
async function readOnce(options: Omit<FollowOptions, 'known'>, known: Known, confirmed = false): Promise<Read> {
  const { source, label, clock, signal } = options;
  const reading = await source.read();
  const verdict = judge({ reading, asking: asking(reading.containers, label), confirmed }, known);
  if (verdict.verdict === 'confirm') {
    await clock.pause(CONFIRM_MS, signal);
    signal.throwIfAborted();
    return readOnce(options, known, true);
  }
  const problem = verdict.verdict === 'keep' ? verdict.problem : reading.problem;
  options.onProblem(problem);
  if (verdict.verdict === 'keep') return { known, whole: false };
  const isTaken = await options.onTold(verdict.told);
  return { known: { aliases: verdict.told.aliases, asking: asking(reading.containers, label) }, whole: isTaken && problem === undefined };
}

/** One answer. @throws as the source does */
export async function readTold(
  options: Omit<FollowOptions, keyof Follower>,
): Promise<{ told: Told | undefined; problem: string | undefined }> {
  const found: { told: Told | undefined; problem: string | undefined } = { told: undefined, problem: undefined };
  const keep = async (told: Told): Promise<boolean> => {
    found.told = told;
    return true;
  };
  const note = (problem: string | undefined): void => {
    found.problem = problem;
  };
  await readOnce({ ...options, onTold: keep, onProblem: note }, options.known ?? NOTHING_KNOWN);
  return found;
}

/** The version, when it is another one, or the wait is over; undefined where the service has none. */
async function nextVersion(source: MetadataSource, version: string | undefined, signal: AbortSignal): Promise<string | undefined> {
  if (version !== undefined) return source.waitForVersion(version, { maxWaitSeconds: MAX_WAIT_S, signal });
  // Whether the service is there at all, the reading tells.
  return source.version().catch(() => undefined);
}

/** What is kept from one question to the next. */
interface Progress {
  known: Known;
  /** undefined where the service gave none. */
  version: string | undefined;
  /** Tries in a row that did not come to their end. */
  failures: number;
}

/** One question, and what follows from its answer. @throws as the source does */
async function advance(options: FollowOptions, { known, version, failures }: Progress): Promise<Progress> {
  const { source, clock, signal } = options;
  const askedAt = clock.now();
  const next = await nextVersion(source, failures > 0 ? undefined : version, signal);
  const isNew = next === undefined || next !== version || failures > 0;
  const read: Read = isNew ? await readOnce(options, known) : { known, whole: true };
  await options.onLook?.();
  const hasWaited = next !== undefined && (next !== version || clock.now() - askedAt >= PAUSE_MS);
  if (read.whole && !hasWaited) await clock.pause(PAUSE_MS, signal);
  return { known: read.known, version: next, failures: read.whole ? 0 : failures + 1 };
}

/**
 * Tells of the metadata, and again as soon as they change: the service holds the answer to the question for another version back until
 * there is one. A service that gives no version is read every second. Resolves when the signal aborts.
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { clock, signal } = options;
  let progress: Progress = { known: options.known ?? NOTHING_KNOWN, version: undefined, failures: 0 };
  while (!signal.aborted) {
    try {
      progress = await advance(options, progress);
    } catch (error) {
      if (signal.aborted) return;
      progress = { ...progress, failures: progress.failures + 1 };
      options.onProblem(`The metadata service gives no answer, and all stays as it was: ${sentence(error)}`);
    }
    if (progress.failures > 0) await clock.pause(Math.min(PAUSE_MS * 2 ** (progress.failures - 1), LONGEST_PAUSE_MS), signal);
  }
}
