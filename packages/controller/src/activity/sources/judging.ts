import PQueue from 'p-queue';
import type { Reading, Readings, Target } from '../reading.js';

/** What a source makes of one look: what it says, and what it remembers for the next look. */
export interface Judgement<T> {
  reading: Reading;
  seen: T;
}

export const unknown = (why: string): Reading => ({ type: 'unknown', why });

/** Whether a connection that is open and silent is somebody's, as the session's policy says. */
export const countsOpenConnections = ({ session }: Target): boolean => session.spec.idlePolicy?.openConnections !== 'ignore';

/** A time for people. */
export const timeOf = (ms: number): string => new Date(ms).toISOString();

/** `1 request`, `2 requests`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** How two looks join: what was quiet at both was so in between, but not across a gap. */
export interface Continuity {
  /** The longest time between two looks that still counts as seen, in ms. */
  longestGapMs: number;
}

/** Since when something holds that holds at this look: since an earlier one, where nothing came in between. */
export function heldSince(
  previous: { at: number; since: number | undefined } | undefined,
  at: number,
  { longestGapMs }: Continuity,
): number {
  return previous?.since !== undefined && at - previous.at <= longestGapMs ? previous.since : at;
}

/** Asks for each target, so many at a time. Who is not asked before the signal fires is missing in the answer, and so unknown. */
export async function readEach(
  targets: readonly Target[],
  { concurrency, signal }: { concurrency: number; signal: AbortSignal },
  read: (target: Target) => Promise<Reading>,
): Promise<Readings> {
  const queue = new PQueue({ concurrency });
  const readings = new Map<string, Reading>();
  const ask = async (target: Target): Promise<void> => {
    if (signal.aborted) return;
    const reading = await read(target).catch((error: unknown) => unknown(`it could not be asked: ${(error as Error).message}`));
    readings.set(target.session.metadata.uid, reading);
  };
  await Promise.all(targets.map((target) => queue.add(() => ask(target))));
  return readings;
}
