import type { ObjectCache } from '@mooring/resources';
import { CronJob } from 'cron';
import type { WorkQueue } from '../runtime/work-queue.js';

/** Each minute: a change of a version reaches the Sessions that are created afterwards, and rolls the pools. */
const SCHEDULE = '0 * * * * *';

/** Has the templates looked at again whose version an address says. */
export function askVersions(queue: WorkQueue, templates: ObjectCache<'SessionTemplate'>): CronJob {
  return CronJob.from({
    cronTime: SCHEDULE,
    start: true,
    onTick: () => {
      for (const { metadata, spec } of templates.list()) if (spec.image.versionUrl !== undefined) queue.add(metadata.name);
    },
  }) as CronJob;
}
