import { LAUNCH_CONFIG_DEFAULTS, type LaunchConfig, launchConfigSchema } from '../model/launch-config.js';
import { internalError, invalid } from './errors.js';
import { createFields, type FieldRules, takeFields } from './fields.js';
import { LAUNCH_CONFIG_FIELDS } from './launch-config-fields.js';
import { checkPort } from './port-check.js';

type Body = Readonly<Record<string, unknown>>;

const NAME_LENGTH = { type: 'string', required: true, minLength: 1, maxLength: 63 } as const;
/** Letters, digits and single hyphens inside (recordings 03-04-*). */
const SERVICE_NAME = { ...NAME_LENGTH, pattern: /^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/ };
/** Of a stack's name only the ends are looked at. */
const STACK_NAME = { ...NAME_LENGTH, pattern: /^(?!-)[a-zA-Z0-9-]*(?<!-)$/ };
const DESCRIPTION_RULE = { type: 'string', maxLength: 1024 } as const;

/** Recording 08-10-schema-service: what a PUT may change. */
const SERVICE_UPDATE: FieldRules = {
  name: SERVICE_NAME,
  description: DESCRIPTION_RULE,
  scale: { type: 'int', min: 0 },
  metadata: { type: 'jsonMap' },
  selectorContainer: { type: 'string', maxLength: 4096 },
  selectorLink: { type: 'string', maxLength: 4096 },
  retainIp: { type: 'boolean' },
};

const SERVICE_CREATE: FieldRules = {
  ...SERVICE_UPDATE,
  externalId: { type: 'string', maxLength: 255 },
  startOnCreate: { type: 'boolean' },
  assignServiceIpAddress: { type: 'boolean' },
  launchConfig: { type: 'object', fields: LAUNCH_CONFIG_FIELDS },
  secondaryLaunchConfigs: { type: 'any' },
  stackId: { type: 'any' },
};

const STACK_UPDATE: FieldRules = {
  name: STACK_NAME,
  description: DESCRIPTION_RULE,
  externalId: { type: 'string', maxLength: 128 },
  system: { type: 'boolean', isNeverNull: true },
  outputs: { type: 'stringMap' },
};

export interface ServiceUpdate {
  name?: string;
  description?: string;
  scale?: number;
  metadata?: Record<string, unknown>;
  selectorContainer?: string;
  selectorLink?: string;
  retainIp?: boolean;
}

export interface ServiceInput extends ServiceUpdate {
  externalId?: string;
  startOnCreate?: boolean;
  assignServiceIpAddress?: boolean;
  stackId?: unknown;
  launchConfig?: LaunchConfig;
  secondaryLaunchConfigs?: unknown;
}

export interface StackInput {
  name?: string;
  description?: string;
  externalId?: string;
  system?: boolean;
  outputs?: Record<string, string>;
}

/** Rancher answers 500 to a name of null. */
const refuseNullName = (body: Body): void => {
  if (body.name === null) throw internalError();
};

/** What was taken of a launchConfig, with what Rancher fills in. */
export const launchConfigOf = (taken: unknown): LaunchConfig =>
  launchConfigSchema.parse({ type: 'launchConfig', ...LAUNCH_CONFIG_DEFAULTS, ...(taken as Body) });

/** @throws ApiError 422 (recordings 03-03b, 03-03c) */
export const checkImage = ({ imageUuid }: LaunchConfig): void => {
  if (imageUuid !== undefined && !/^docker:./.test(imageUuid)) throw invalid('InvalidReference', 'imageUuid');
};

/** @throws ApiError as in the recordings 03-03* and 03-05b */
export const checkLaunchConfig = (launchConfig: LaunchConfig, hasSelector: boolean): void => {
  if (launchConfig.imageUuid === undefined && !hasSelector)
    throw invalid('InvalidOption', 'Image is required when selectorContainer is not passed in');
  checkImage(launchConfig);
  for (const text of launchConfig.ports ?? []) checkPort(text);
};

/** A service that is to be made. Unknown fields are ignored (recording 03-06c). */
export const readServiceCreate = (body: Body): ServiceInput => {
  refuseNullName(body);
  const { launchConfig, ...fields } = createFields(SERVICE_CREATE, body);
  return { ...(fields as ServiceInput), ...(launchConfig !== undefined && { launchConfig: launchConfigOf(launchConfig) }) };
};

/** A PUT: launchConfig and whatever else can't be changed is ignored (recordings 03-22, 03-28, 03-30). */
export const readServiceUpdate = (body: Body): ServiceUpdate => {
  refuseNullName(body);
  return takeFields(SERVICE_UPDATE, body) as ServiceUpdate;
};

export const readStackCreate = (body: Body): StackInput => {
  refuseNullName(body);
  return createFields(STACK_UPDATE, body) as StackInput;
};

export const readStackUpdate = (body: Body): StackInput => {
  refuseNullName(body);
  return takeFields(STACK_UPDATE, body) as StackInput;
};
