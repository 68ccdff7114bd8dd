import { LAUNCH_CONFIG_DEFAULTS, type SecondaryLaunchConfig, secondaryLaunchConfigSchema } from '../model/launch-config.js';
import { invalid } from './errors.js';
import { createFields, type FieldRules } from './fields.js';
import { LAUNCH_CONFIG_FIELDS } from './launch-config-fields.js';
import { checkImage } from './service-input.js';

const FIELDS: FieldRules = { ...LAUNCH_CONFIG_FIELDS, name: { type: 'string', required: true, minLength: 1, maxLength: 63 } };

/**
 * Sidekicks, each with what Rancher fills in; names are unique. No recording has any: what is checked is what is of a service's own
 * launchConfig and name.
 * @throws ApiError 422
 */
export const readSecondaries = (given: unknown): SecondaryLaunchConfig[] => {
  if (!Array.isArray(given)) throw invalid('InvalidFormat', 'secondaryLaunchConfigs');
  const configs = given.map((config: unknown) => {
    const taken = createFields(FIELDS, typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {});
    return secondaryLaunchConfigSchema.parse({ type: 'secondaryLaunchConfig', ...LAUNCH_CONFIG_DEFAULTS, ...taken });
  });
  if (new Set(configs.map(({ name }) => name.toLowerCase())).size < configs.length) throw invalid('NotUnique', 'name');
  for (const config of configs) {
    if (config.imageUuid === undefined) throw invalid('MissingRequired', 'imageUuid');
    checkImage(config);
  }
  return configs;
};
