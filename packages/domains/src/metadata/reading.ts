import type { Told } from '../table/types.js';

/** Nobody could tell: what was there is kept. */
export const KEEP = Symbol('keep');

/** One answer of the metadata service. */
export interface Reading {
  containers: readonly unknown[];
  /** undefined where the service has none. */
  aliases: unknown | typeof KEEP;
  /** What was wrong with a part of it, in a sentence. */
  problem?: string;
}

/** `confirm`: it is to be asked once more, whether that is so. */
export type Verdict = { verdict: 'take'; told: Told } | { verdict: 'confirm' } | { verdict: 'keep'; problem: string };

export interface Known {
  /** The aliases that were told last. */
  aliases: unknown;
  /** How many containers that ask for requests were told last. */
  asking: number;
}

export interface Seen {
  reading: Reading;
  /** How many of its containers ask for requests. */
  asking: number;
  /** Whether this is the answer to the question whether it is so. */
  confirmed: boolean;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What an answer is worth. One in which nothing is a container is nonsense and changes nothing; one that has nobody left of many may be
 * that of a service that has just started, and is believed when it says so again.
 */
export function judge({ reading, asking, confirmed }: Seen, known: Known): Verdict {
  const { containers, aliases } = reading;
  if (containers.length > 0 && !containers.some(isObject))
    return { verdict: 'keep', problem: 'The metadata service answered with a list in which nothing is a container: all stays as it was.' };
  if (asking === 0 && known.asking > 0 && !confirmed) return { verdict: 'confirm' };
  return { verdict: 'take', told: { containers, aliases: aliases === KEEP ? known.aliases : aliases } };
}
