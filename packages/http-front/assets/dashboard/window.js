/** The height of a row, in px; the stylesheet has the same (--row). */
export const ROW = 40;
/** Rows beyond each edge that are ready when somebody scrolls there. */
const SPARE = 6;

/**
 * Which rows are to be there: from `from` up to before `to`.
 *
 * @param {{ top: number, height: number, count: number }} seen what is scrolled past and what is seen, in px, and how many rows there are
 */
export function windowOf({ top, height, count }) {
  const from = Math.max(0, Math.min(Math.floor(top / ROW), count - 1) - SPARE);
  const to = Math.min(count, Math.ceil((top + height) / ROW) + SPARE);
  return { from, to: Math.max(from, to) };
}

/**
 * Where a key leads from a row.
 *
 * @param {string} key as KeyboardEvent has it
 * @param {{ index: number, count: number, page: number }} at `index` is -1 where no row is the current one; `page`: rows that are seen
 * @returns {number | undefined} undefined where the key leads nowhere
 */
export function stepOf(key, { index, count, page }) {
  const steps = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + page, PageUp: index - page, Home: 0, End: count - 1 };
  const next = steps[key];
  if (next === undefined || count === 0) return undefined;
  return Math.max(0, Math.min(count - 1, next));
}
