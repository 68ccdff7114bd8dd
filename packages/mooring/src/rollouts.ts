import { type Controller, createNotifier, type RolloutRancher } from '@mooring/controller';
import { buildUpgrades, type UpgradesOptions } from '@mooring/http-front';
import { rolloutSelectorSchema } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Settings } from './config/keys.js';
import type { Core } from './core.js';
import { type Shutdown, STAGES } from './process/shutdown.js';

/** What /upgrade goes by. */
export function upgradesOf({ store, rollouts }: Pick<Core, 'store' | 'rollouts'>, settings: Settings): UpgradesOptions {
  const { AUTOUPDATE_ENABLE_LABEL: label, AUTOUPDATE_ENVIRONMENT_NAMES: environments } = settings;
  return {
    store,
    rollouts,
    defaults: {
      selector: rolloutSelectorSchema.parse({ environments, ...(label !== undefined && { labels: [label] }) }),
      strategy: { atOnce: settings.MOORING_ROLLOUT_AT_ONCE, environments: settings.MOORING_ROLLOUT_ORDER },
      onFailure: settings.MOORING_ROLLOUT_ON_FAILURE,
    },
    keys: { token: settings.MOORING_ROLLOUT_TOKEN, secret: settings.MOORING_ROLLOUT_SECRET },
    now: Date.now,
  };
}

/** Whose services published images come to. */
export interface RolloutParts {
  settings: Settings;
  controller: Pick<Controller, 'rollOut'>;
  rancher: RolloutRancher;
  /** The address that a listener of its own binds to. */
  host: string;
  logger: Logger;
}

/** Goes on with the Rollouts that are recorded, and opens their own listener where one is asked for. */
export async function openRollouts(
  core: Core,
  { settings, controller, rancher, host, logger }: RolloutParts,
  shutdown: Shutdown,
): Promise<void> {
  const log = logger.child({ component: 'rollouts' });
  const notifier = createNotifier({
    slackUrl: settings.AUTOUPDATE_SLACK_WEBHOOK_URL,
    slackName: settings.AUTOUPDATE_SLACK_BOT_NAME,
    webhookUrl: settings.MOORING_ROLLOUT_WEBHOOK_URL,
    log,
  });
  shutdown.add(STAGES.caches, 'notices of rollouts', () => notifier.close());
  controller.rollOut({ rollouts: core.rollouts, rancher, tell: (notice) => notifier.tell(notice) });
  if (settings.MOORING_ROLLOUT_TOKEN === undefined && settings.MOORING_ROLLOUT_SECRET === undefined)
    log.warn(
      'POST /upgrade is open to whoever reaches it: set MOORING_ROLLOUT_TOKEN or MOORING_ROLLOUT_SECRET, or see to it that nobody else does',
    );
  const port = settings.AUTOUPDATE_HTTP_PORT;
  if (port === undefined) return;
  const listener = await buildUpgrades({ ...upgradesOf(core, settings), logger: log });
  shutdown.add(STAGES.serving, 'listener of rollouts', () => listener.close());
  await listener.listen({ host, port });
}
