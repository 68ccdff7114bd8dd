import { LAUNCH_CONFIG_DEFAULTS, type LaunchConfig, launchConfigSchema } from '../model/launch-config.js';
import { parsePort } from '../model/ports.js';
import { ApiError, internalError, invalid } from './errors.js';
import { type FieldRules, requireFields, takeFields } from './fields.js';
import { LAUNCH_CONFIG_FIELDS } from './launch-config-fields.js';

type Body = Readonly<Record<string, unknown>>;

const NAME_RULE = { type: 'string', required: true, isName: true, minLength: 1, maxLength: 63 } as const;
const DESCRIPTION_RULE = { type: 'string', maxLength: 1024 } as const;

/** Recording 08-10-schema-service: what a PUT may change. */
const SERVICE_UPDATE: FieldRules = {
  name: NAME_RULE,
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
  launchConfig: { type: 'any' },
  stackId: { type: 'any' },
};

const STACK_UPDATE: FieldRules = {
  name: NAME_RULE,
  description: DESCRIPTION_RULE,
  externalId: { type: 'string', maxLength: 128 },
  system: { type: 'boolean' },
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
}

export interface StackInput {
  name?: string;
  description?: string;
  externalId?: string;
  system?: boolean;
}

/** Rancher answers 500 to a name of null. */
const refuseNullName = (body: Body): void => {
  if (body.name === null) throw internalError();
};

const asObject = (value: unknown): Body => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('InvalidFormat', 'launchConfig');
  return value as Body;
};

export const launchConfigFrom = (value: unknown): LaunchConfig => {
  const taken = takeFields(LAUNCH_CONFIG_FIELDS, asObject(value));
  return launchConfigSchema.parse({ type: 'launchConfig', ...LAUNCH_CONFIG_DEFAULTS, ...taken });
};

/** @throws ApiError as in the recordings 03-03* and 03-05b */
export const checkLaunchConfig = (launchConfig: LaunchConfig, hasSelector: boolean): void => {
  const { imageUuid, ports } = launchConfig;
  if (imageUuid === undefined && !hasSelector) throw invalid('InvalidOption', 'Image is required when selectorContainer is not passed in');
  if (imageUuid !== undefined && !/^docker:./.test(imageUuid)) throw invalid('InvalidReference', 'imageUuid');
  for (const text of ports ?? []) checkPort(text);
};

const MAX_PORT = 65_535;

const checkPort = (text: string): void => {
  const port = parsePort(text);
  if (!port) throw new ApiError(422, 'PortWrongFormat', { message: `port ${text} is not [address:][public:]private[/tcp|/udp]` });
  if ((port.publicPort ?? 0) > MAX_PORT) {
    throw new ApiError(422, 'PortInvalidPublicPort', { message: `incorrect public port, valid range is 0-${MAX_PORT}` });
  }
  if (port.privatePort > MAX_PORT) {
    throw new ApiError(422, 'PortInvalidPrivatePort', { message: `incorrect private port, valid range is 0-${MAX_PORT}` });
  }
};

/** A service that is to be made. Unknown fields are ignored (recording 03-06c). */
export const readServiceCreate = (body: Body): ServiceInput => {
  refuseNullName(body);
  const { launchConfig, ...fields } = takeFields(SERVICE_CREATE, body);
  requireFields(SERVICE_CREATE, fields);
  return { ...(fields as ServiceInput), ...(launchConfig !== undefined && { launchConfig: launchConfigFrom(launchConfig) }) };
};

/** A PUT: launchConfig and whatever else can't be changed is ignored (recordings 03-22, 03-28, 03-30). */
export const readServiceUpdate = (body: Body): ServiceUpdate => {
  refuseNullName(body);
  return takeFields(SERVICE_UPDATE, body) as ServiceUpdate;
};

export const readStackCreate = (body: Body): StackInput => {
  refuseNullName(body);
  const fields = takeFields(STACK_UPDATE, body);
  requireFields(STACK_UPDATE, fields);
  return fields as StackInput;
};

export const readStackUpdate = (body: Body): StackInput => {
  refuseNullName(body);
  return takeFields(STACK_UPDATE, body) as StackInput;
};
