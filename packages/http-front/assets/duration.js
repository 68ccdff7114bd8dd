/**
 * A time that goes on, in whole seconds: `12 s`, `2 min 5 s`; empty for the first second, in which there is nothing to say.
 *
 * @param {number} ms
 */
export function duration(ms) {
  const seconds = Math.floor(ms / 1000);
  if (!(seconds >= 1)) return '';
  if (seconds < 120) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
