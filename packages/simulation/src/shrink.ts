import type { Broken } from './rules/broken.js';
import { type Run, run } from './run.js';
import type { Scheduled } from './schedule/events.js';

/** Runs that finding a smaller one may take. */
const MOST_RUNS = 150;

/** As few of a schedule's events as still break the same rule: what comes after is left out, then ever smaller parts (Zeller's ddmin). */
export async function shrink(failing: Run, { rule, atMs }: Broken): Promise<readonly Scheduled[]> {
  let runs = 0;
  const stillBreaks = async (schedule: readonly Scheduled[]): Promise<boolean> => {
    runs += 1;
    return runs <= MOST_RUNS && (await run({ ...failing, schedule })).broken?.rule === rule;
  };
  let left: readonly Scheduled[] = failing.schedule.filter((each) => each.atMs <= atMs);
  for (let size = Math.ceil(left.length / 2); size > 1; size = Math.ceil(size / 2)) left = await without(left, size, stillBreaks);
  return without(left, 1, stillBreaks);
}

/** Leaves out each part of a size that isn't needed. */
async function without(
  schedule: readonly Scheduled[],
  size: number,
  stillBreaks: (fewer: readonly Scheduled[]) => Promise<boolean>,
): Promise<readonly Scheduled[]> {
  let left = schedule;
  for (let from = 0; from < left.length; ) {
    const fewer = [...left.slice(0, from), ...left.slice(from + size)];
    if (await stillBreaks(fewer)) left = fewer;
    else from += size;
  }
  return left;
}
