const trimmed = (seconds: number): string => seconds.toFixed(1).replace(/\.0$/, '');

/** A time that was measured: `0.4 s`, `12 s`, `2 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${trimmed(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  const rest = whole % 60;
  return rest === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${rest} s`;
}

/** A time as it is spoken of: `a second`, `12 seconds`, `4 minutes`. Rounded up, since nobody minds to be early. */
export function roughly(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole <= 1) return 'a second';
  if (whole <= 90) return `${whole} seconds`;
  return `${Math.ceil(whole / 60)} minutes`;
}
