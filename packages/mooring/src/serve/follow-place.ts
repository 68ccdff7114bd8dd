import { setTimeout as sleep } from 'node:timers/promises';
import type { Bell } from './bell.js';
import type { Place } from './locate.js';

export interface Following {
  /** Where they are created now. */
  first: Place;
  /** Asks for the place until there is an answer. @throws as soon as it is called off */
  locate: () => Promise<Place>;
  /** Rung when Rancher refuses to create at the place that is known. */
  doubts: Bell;
  /** Told of every answer, and of the one before. */
  onPlace: (place: Place, before: Place) => void;
  signal: AbortSignal;
  /** The place is asked for so often without any doubt, in ms. */
  everyMs?: number;
  /** After an answer, doubts wait for so long, in ms: everybody who is refused has them. */
  pauseMs?: number;
}

/**
 * Keeps to where sessions are created: a stack that was removed and made again has the name of the one before and another id. As long as
 * no place is found the last one counts.
 *
 * @throws when it is called off
 */
export async function followPlace({
  first,
  locate,
  doubts,
  onPlace,
  signal,
  everyMs = 300_000,
  pauseMs = 2_000,
}: Following): Promise<never> {
  for (let before = first; ; ) {
    await doubts.wait(everyMs, signal);
    const place = await locate();
    onPlace(place, before);
    before = place;
    await sleep(pauseMs, undefined, { signal });
  }
}
