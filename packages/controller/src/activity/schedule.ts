import { CronTime } from 'cron';

/** So many of a schedule's next times are looked at. */
const TIMES = 10;

/** The longest time between two ticks of a schedule, in ms. @throws where it is no cron expression */
export function longestInterval(schedule: string): number {
  const times = new CronTime(schedule).sendAt(TIMES).map((time) => time.toMillis());
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
}
