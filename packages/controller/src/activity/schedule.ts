import { CronTime } from 'cron';

/** So many of a schedule's next times are looked at: a longer time between others counts as a gap, which loses quiet time and no more. */
const TIMES = 3;

/** The longest time between two ticks of a schedule, in ms. @throws where it is no cron expression */
export function longestInterval(schedule: string): number {
  const times = new CronTime(schedule).sendAt(TIMES).map((time) => time.toMillis());
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
}
