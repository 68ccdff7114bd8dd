/** Milliseconds for which a page is somebody's navigation of just now, which may have crossed with the stop of their notebook. */
const FRESH_MS = 10_000;

/**
 * What a page does about what it was told of its session: `go` to the notebook; `ask` for it once more, since whoever opened the page a moment ago
 * wants it; `wait`. A page that has been open for longer waits for a click: a tab that nobody looks at keeps no notebook running.
 *
 * @param {{ phase: string, letGo: boolean }} view
 * @param {number} ageMs since the page was opened
 * @returns {'go' | 'ask' | 'wait'}
 */
export function decide({ phase, letGo }, ageMs) {
  if (letGo) return ageMs < FRESH_MS ? 'ask' : 'wait';
  return phase === 'Ready' ? 'go' : 'wait';
}
