import { duration } from '../duration.js';

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** How long ago, in one unit: `now`, `25 s`, `4 min`, `3 h`, `12 d`. @param {number} ms */
export function age(ms) {
  const seconds = Math.floor(ms / 1000);
  if (!(seconds >= 1)) return 'now';
  for (const [size, unit] of UNITS) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${seconds} s`;
}

/** @param {number} ms */
export const ago = (ms) => (age(ms) === 'now' ? 'now' : `${age(ms)} ago`);

/** A time that was measured: `0.4 s`, `12 s`, `2 min 5 s`. @param {number} seconds */
export function took(seconds) {
  if (seconds < 0.05) return 'at once';
  return seconds < 9.95 ? `${seconds.toFixed(1).replace(/\.0$/, '')} s` : duration(seconds * 1000);
}

/** The same in one unit, for axes: `0`, `20 s`, `2 min`. @param {number} seconds */
export const brief = (seconds) => (seconds === 0 ? '0' : seconds < 1 ? `${seconds.toFixed(1)} s` : age(seconds * 1000));

/** @param {number} value */
export const count = (value) => value.toLocaleString('en');

/** A moment in the reader's own time. @param {string | number} at */
export const moment = (at) => new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
