import type { LaunchConfig } from '../model/launch-config.js';
import { invalid } from './errors.js';
import { type FieldRules, takeFields } from './fields.js';
import type { Input } from './resources/resource.js';
import { checkLaunchConfig, launchConfigFrom } from './service-input.js';

/** Recordings 08-10-schema-inServiceUpgradeStrategy and -rollingRestartStrategy. */
const BATCHES: FieldRules = { batchSize: { type: 'int', min: 1 }, intervalMillis: { type: 'int', min: 100 } };
const STRATEGY: FieldRules = {
  ...BATCHES,
  startFirst: { type: 'boolean' },
  launchConfig: { type: 'any' },
  secondaryLaunchConfigs: { type: 'any' },
};

interface Strategy {
  batchSize: number;
  intervalMillis: number;
  startFirst: boolean;
  launchConfig: LaunchConfig;
}

const asObject = (value: unknown, field: string): Input => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('InvalidFormat', field);
  return value as Input;
};

/**
 * How a service is to be upgraded; the whole launchConfig must come along (recording 04-10).
 * @throws ApiError 422 as in the recordings 04-06* and 04-35
 */
export const readUpgrade = (input: Input, current: LaunchConfig | null): Strategy => {
  const given = input.inServiceStrategy ?? input.toServiceStrategy;
  if (given === undefined || given === null) throw invalid('MissingRequired', 'Upgrade strategy needs to be set');
  const { batchSize = 1, intervalMillis = 2000, startFirst = false, ...rest } = takeFields(STRATEGY, asObject(given, 'inServiceStrategy'));
  if (rest.launchConfig === undefined && rest.secondaryLaunchConfigs === undefined)
    throw invalid('InvalidOption', 'LaunchConfig/secondaryLaunchConfigs need to be specified for inService strategy');
  const launchConfig = rest.launchConfig === undefined ? (current ?? {}) : launchConfigFrom(rest.launchConfig);
  checkLaunchConfig(launchConfig, false);
  return { batchSize: batchSize as number, intervalMillis: intervalMillis as number, startFirst: startFirst as boolean, launchConfig };
};

/** @throws ApiError 422: a restart needs its strategy (recording 04-05) */
export const checkRestart = ({ rollingRestartStrategy }: Input): void => {
  if (rollingRestartStrategy === undefined || rollingRestartStrategy === null) throw invalid('MissingRequired', 'rollingRestartStrategy');
  takeFields(BATCHES, asObject(rollingRestartStrategy, 'rollingRestartStrategy'));
};
