const trimmed = (seconds: number): string => seconds.toFixed(1).replace(/\.0$/, '');

const twoParts = (whole: number, [large, small]: [string, string]): string =>
  whole % 60 === 0 ? `${whole / 60} ${large}` : `${Math.floor(whole / 60)} ${large} ${whole % 60} ${small}`;

/** A time that was measured: `at once`, `0.4 s`, `12 s`, `2 min 5 s`, `3 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.05) return 'at once';
  if (seconds < 9.95) return `${trimmed(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  return whole < 7200 ? twoParts(whole, ['min', 's']) : twoParts(Math.floor(whole / 60), ['h', 'min']);
}

/** A time as it is spoken of: `a second`, `12 seconds`, `4 minutes`. Rounded up, since nobody minds to be early. */
export function roughly(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole <= 1) return 'a second';
  if (whole <= 90) return `${whole} seconds`;
  return `${Math.ceil(whole / 60)} minutes`;
}
