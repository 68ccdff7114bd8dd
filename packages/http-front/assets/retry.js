/** Milliseconds after which earlier attempts no longer count. */
const FORGET_MS = 60_000;
const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * When to go to the notebook: at once the first time, then after 250 ms, doubling up to 10 s, for as long as attempts keep coming back
 * here. `history` is what the last call gave as `next` (anything else counts as none); times are in ms since the epoch.
 *
 * @param {unknown} history
 * @param {number} now
 * @returns {{ delay: number, next: { tries: number, at: number } }}
 */
export function planAttempt(history, now) {
  const { tries = 0, at = 0 } = history ?? {};
  const counted = now - at < FORGET_MS && Number.isInteger(tries) ? tries : 0;
  const delay = counted === 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (counted - 1));
  return { delay, next: { tries: counted + 1, at: now + delay } };
}
