import type { LaunchConfig, SecondaryLaunchConfig } from '../model/launch-config.js';
import { invalid } from './errors.js';
import { createFields, type FieldRules } from './fields.js';
import { LAUNCH_CONFIG_FIELDS } from './launch-config-fields.js';
import type { Input } from './resources/resource.js';
import { readSecondaries } from './secondary-input.js';
import { checkImage, launchConfigOf } from './service-input.js';

/** Recordings 08-10-schema-inServiceUpgradeStrategy and -rollingRestartStrategy. */
const BATCHES: FieldRules = { batchSize: { type: 'int', min: 1 }, intervalMillis: { type: 'int', min: 100 } };
const IN_SERVICE: FieldRules = {
  ...BATCHES,
  startFirst: { type: 'boolean' },
  launchConfig: { type: 'object', fields: LAUNCH_CONFIG_FIELDS },
  secondaryLaunchConfigs: { type: 'any', isNeverNull: true },
};
const TO_SERVICE: FieldRules = {
  ...BATCHES,
  finalScale: { type: 'int', min: 1 },
  toServiceId: { type: 'any' },
  updateLinks: { type: 'boolean' },
};
const UPGRADE: FieldRules = {
  inServiceStrategy: { type: 'object', fields: IN_SERVICE },
  toServiceStrategy: { type: 'object', fields: TO_SERVICE },
};
const RESTART: FieldRules = { rollingRestartStrategy: { type: 'object', fields: BATCHES, required: true, isNeverNull: true } };

interface Strategy {
  batchSize: number;
  intervalMillis: number;
  startFirst: boolean;
  launchConfig: LaunchConfig;
  secondaryLaunchConfigs: SecondaryLaunchConfig[];
}

/**
 * How a service is to be upgraded; the whole launchConfig must come along (recording 04-10).
 * @throws ApiError 422 as in the recordings 04-06* and 04-35
 */
export const readUpgrade = (input: Input, current: LaunchConfig | null): Strategy => {
  const taken = createFields(UPGRADE, input);
  const given = taken.inServiceStrategy ?? taken.toServiceStrategy;
  if (given === undefined) throw invalid('MissingRequired', 'Upgrade strategy needs to be set');
  const {
    batchSize = 1,
    intervalMillis = 2000,
    startFirst = false,
    ...rest
  } = given as Partial<Omit<Strategy, 'secondaryLaunchConfigs'>> & Input;
  if (rest.launchConfig === undefined && rest.secondaryLaunchConfigs === undefined)
    throw invalid('InvalidOption', 'LaunchConfig/secondaryLaunchConfigs need to be specified for inService strategy');
  const launchConfig = rest.launchConfig === undefined ? (current ?? {}) : launchConfigOf(rest.launchConfig);
  checkImage(launchConfig);
  return {
    batchSize,
    intervalMillis,
    startFirst,
    launchConfig,
    secondaryLaunchConfigs: readSecondaries(rest.secondaryLaunchConfigs ?? []),
  };
};

/** @throws ApiError 422: a restart needs its strategy (recording 04-05) */
export const checkRestart = (input: Input): void => {
  createFields(RESTART, input);
};
