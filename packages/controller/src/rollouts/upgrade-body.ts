import type { LaunchConfig, Service } from '@mooring/rancher-client';
import { judgeImages } from '@mooring/resources';
import { imageOf } from './target.js';

function withImage(config: LaunchConfig, image: string): LaunchConfig {
  return judgeImages(imageOf(config), image)?.upgrade ? { ...config, imageUuid: `docker:${image}` } : config;
}

/**
 * The body of the action `upgrade`: the launch configurations as they were read, sidekicks' included, but for the image. Rancher replaces all
 * of them by what is sent (recording 04-10).
 */
export function upgradeBody(service: Pick<Service, 'launchConfig' | 'secondaryLaunchConfigs'>, image: string, startFirst: boolean): object {
  return {
    inServiceStrategy: {
      type: 'inServiceUpgradeStrategy',
      startFirst,
      launchConfig: service.launchConfig && withImage(service.launchConfig, image),
      secondaryLaunchConfigs: service.secondaryLaunchConfigs.map((config) => withImage(config, image)),
    },
  };
}
