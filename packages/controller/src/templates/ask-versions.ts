import type { ObjectCache } from '@mooring/resources';
import { CronJob } from 'cron';
import type { WorkQueue } from '../runtime/work-queue.js';

/** Each minute: a change of a version reaches the Sessions that are created afterwards, and rolls the pools. */
const SCHEDULE = '0 * * * * *';

/** Has the templates looked at again whose version an address says. Where there are none, no timer runs. Answers how to end that. */
export function askVersions(queue: WorkQueue, templates: ObjectCache<'SessionTemplate'>): () => Promise<void> {
  const asked = () => templates.list().filter(({ spec }) => spec.image.versionUrl !== undefined);
  let job: CronJob | undefined;
  const follow = (): void => {
    if (asked().length > 0)
      job ??= CronJob.from({
        cronTime: SCHEDULE,
        start: true,
        onTick: () => {
          for (const { metadata } of asked()) queue.add(metadata.name);
        },
      }) as CronJob;
  };
  const unsubscribe = templates.subscribe(follow);
  follow();
  return async () => {
    unsubscribe();
    await job?.stop();
  };
}
