/** Milliseconds between two announcements at least: a screen reader says only the newest of what came meanwhile. */
const PAUSE_MS = 4_000;
/** Between two that only count, as places in the queue do. */
const COUNTING_PAUSE_MS = 20_000;

/**
 * What a screen reader is told of a page that changes: where it stands, in a sentence.
 *
 * @param {{ queue?: { place: number, of: number }, progress: { headline: string, lead: string, steps: { label: string, state: string }[] } }} view
 */
export function sentenceOf({ queue, progress: { headline, lead, steps } }) {
  if (queue) return `${headline}. Place ${queue.place} of ${queue.of} in the queue.`;
  const done = steps.filter(({ state }) => state === 'done');
  const isUnderWay = steps.some(({ state }) => state === 'current');
  const last = done.at(-1);
  return isUnderWay && last ? `${headline}. ${last.label}, ${done.length} of ${steps.length} steps done.` : `${headline}. ${lead}`;
}

/**
 * In how many ms a sentence is to be said that others may replace until then; undefined where it was said already.
 *
 * @param {{ text: string, at: number, isCounting: boolean }} said the last announcement, and when it was made (ms)
 * @param {{ text: string, isCounting: boolean }} next
 * @param {number} now
 */
export function planAnnouncement(said, { text, isCounting }, now) {
  if (text === said.text) return undefined;
  return Math.max(0, said.at + (isCounting && said.isCounting ? COUNTING_PAUSE_MS : PAUSE_MS) - now);
}
