/**
 * A time that goes on, in whole seconds: `12 s`, `2 min 5 s`, `3 h 20 min`; empty for the first second, in which there is nothing to say.
 *
 * @param {number} ms
 */
export function duration(ms) {
  const seconds = Math.floor(ms / 1000);
  if (!(seconds >= 1)) return '';
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
