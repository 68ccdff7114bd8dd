// Statistics of the API as the charts take them: columns of numbers, the times first, in seconds.

const sum = (columns) => (columns[0] ?? []).map((_, at) => columns.reduce((total, column) => total + column[at], 0));
const secondsOf = (times) => times.map((time) => Date.parse(time) / 1000);

/** What is drawn of the phases, from the bottom up. */
export const BANDS = [
  { label: 'Ready', phases: ['Ready'] },
  { label: 'Starting', phases: ['Pending', 'Starting'] },
  { label: 'Stopped', phases: ['Stopping', 'Stopped', 'Terminating'] },
  { label: 'Failed', phases: ['Failed'] },
];
export const REASONS = ['Idle', 'Requested', 'Ended'];

/** Each on top of those before it. */
export const stacked = (columns) => columns.map((_, at) => sum(columns.slice(0, at + 1)));

/** @returns {{ times: number[], columns: number[][] }} how many sessions there were in each band */
export function sessionSeries({ times, sessions }) {
  return { times: secondsOf(times), columns: BANDS.map(({ phases }) => sum(phases.map((phase) => sessions[phase]))) };
}

/** @returns {{ times: number[], columns: (number | null)[][] }} in how many seconds half, and 95 in 100, were ready */
export const readySeries = ({ times, ready }) => ({ times: secondsOf(times), columns: [ready.p50, ready.p95] });

/**
 * How many were ended by each reason, in at most so many equal intervals.
 *
 * @param {number} most
 * @returns {{ times: number[], columns: number[][] }}
 */
export function endedSeries({ times, ended, intervalSeconds }, most) {
  const per = Math.max(1, Math.ceil(times.length / most));
  const seconds = secondsOf(times);
  const starts = seconds.filter((_, at) => at % per === 0);
  const inAll = (column, start) => column.slice(start * per, (start + 1) * per).reduce((total, value) => total + value, 0);
  return {
    times: starts.map((start) => start + ((per - 1) * intervalSeconds) / 2),
    columns: REASONS.map((reason) => starts.map((_, at) => inAll(ended[reason], at))),
  };
}
