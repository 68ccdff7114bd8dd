import { type ActivityOptions, createActivitySources } from '@mooring/controller';
import type { Logger } from 'pino';
import type { Settings } from './config/keys.js';
import type { Core } from './core.js';

interface ObservedTraefik {
  /** Of its metrics. */
  url: string;
  /** How long it keeps a connection to a container that nobody uses, in ms. */
  idleMs: number;
}

/** Everybody who can tell whether sessions are used, and when they are asked. */
export function activityOf(
  { uses, ownRequests: own }: Pick<Core, 'uses' | 'ownRequests'>,
  settings: Pick<Settings, 'MOORING_REAPER_SCHEDULE'>,
  { traefik, logger }: { traefik: ObservedTraefik; logger: Logger },
): ActivityOptions {
  const log = logger.child({ component: 'activity' });
  const common = { own, uses, clock: Date, log, traefikMetricsUrl: traefik.url, traefikIdleMs: traefik.idleMs };
  return {
    schedule: settings.MOORING_REAPER_SCHEDULE,
    sourcesFor: ({ rancher: project, stackName }) => createActivitySources({ ...common, project, stackName }),
  };
}
