import { z } from 'zod';
import { launchConfigSchema, secondaryLaunchConfigSchema } from './launch-config.js';

/** Milliseconds since the epoch. */
const time = z.number();
const base = { id: z.number().int().positive(), uuid: z.string(), name: z.string(), createdTS: time, removedTS: time.nullable() };

const stackStates = ['activating', 'active', 'removing', 'removed'] as const;

const serviceStates = [
  'registering',
  'activating',
  'active',
  'deactivating',
  'inactive',
  'updating-active',
  'updating-inactive',
  'restarting',
  'upgrading',
  'upgraded',
  'canceling-upgrade',
  'canceled-upgrade',
  'finishing-upgrade',
  'rolling-back',
  'removing',
  'removed',
] as const;

const containerStates = ['requested', 'starting', 'running', 'restarting', 'stopping', 'stopped', 'error', 'removing', 'removed'] as const;

const stackSchema = z.object({
  ...base,
  kind: z.literal('stack'),
  description: z.string().nullable(),
  externalId: z.string().nullable(),
  /** What others may read of it (`addoutputs`). */
  outputs: z.record(z.string(), z.string()).nullable().default(null),
  system: z.boolean().default(false),
  state: z.enum(stackStates),
});

/** The strategy of the last upgrade (recording 04-07c); a rollback goes back to `previousLaunchConfig`. */
const upgradeSchema = z.object({
  batchSize: z.number().int(),
  intervalMillis: z.number().int(),
  startFirst: z.boolean(),
  launchConfig: launchConfigSchema,
  previousLaunchConfig: launchConfigSchema,
  secondaryLaunchConfigs: z.array(secondaryLaunchConfigSchema).default([]),
  previousSecondaryLaunchConfigs: z.array(secondaryLaunchConfigSchema).default([]),
});

const serviceSchema = z.object({
  ...base,
  kind: z.literal('service'),
  /** `service`, or one of Rancher's other kinds, which run nothing here. */
  serviceKind: z.string().default('service'),
  system: z.boolean().default(false),
  stackId: z.number().int(),
  description: z.string().nullable(),
  externalId: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  state: z.enum(serviceStates),
  /** Why it can't go on; shown as `transitioning: error`. */
  failure: z.string().nullable(),
  healthState: z.enum(['healthy', 'degraded', 'unhealthy', 'initializing', 'started-once']),
  scale: z.number().int(),
  currentScale: z.number().int().nullable(),
  /** Asked to go so early that it isn't heard of again (recordings 07-14, 07-20). */
  isRemovalLost: z.boolean().default(false),
  /** How many containers were ever made for it. */
  createIndex: z.number().int(),
  startOnCreate: z.boolean().nullable(),
  assignServiceIpAddress: z.boolean(),
  selectorContainer: z.string().nullable(),
  selectorLink: z.string().nullable(),
  retainIp: z.boolean().nullable(),
  launchConfig: launchConfigSchema.nullable(),
  /** Sidekicks: kept and upgraded, but nothing runs for them here. */
  secondaryLaunchConfigs: z.array(secondaryLaunchConfigSchema).default([]),
  upgrade: upgradeSchema.nullable().default(null),
  /** Services that it is linked to, by the name of the link. */
  linkedServices: z.record(z.string(), z.number().int()).nullable().default(null),
});

const containerSchema = z.object({
  ...base,
  kind: z.literal('container'),
  serviceId: z.number().int(),
  stackId: z.number().int(),
  /** Its place in the service, from 1: the number at the end of its name. */
  position: z.number().int(),
  createIndex: z.number().int(),
  deploymentUnitUuid: z.string(),
  dnsSearch: z.array(z.string()),
  state: z.enum(containerStates),
  /** The host that it was placed on, once it was. */
  hostId: z.number().int().nullable().default(1),
  /** Where the state is to go. */
  wanted: z.enum(['running', 'stopped', 'removed']),
  failure: z.string().nullable(),
  /** How far the preparation of its start is, such as the download of its image. */
  progress: z.string().nullable().default(null),
  /** What the image's own check of health says of it while it runs. */
  health: z.enum(['initializing', 'healthy', 'unhealthy']).nullable().default(null),
  /** Its address, kept while it is stopped (recording 04-02d). */
  address: z.string().nullable(),
  startCount: z.number().int(),
  firstRunningTS: time.nullable(),
  launchConfig: launchConfigSchema,
});

const hostSchema = z.object({
  ...base,
  kind: z.literal('host'),
  state: z.enum(['activating', 'active', 'deactivating', 'inactive', 'removing', 'removed']),
  /** Null while its agent is connected. */
  agentState: z.enum(['disconnected']).nullable(),
});

const apiKeySchema = z.object({
  ...base,
  name: z.string().nullable(),
  kind: z.literal('apiKey'),
  /** The account whose it is: 1 the administrator's, 5 the project's. */
  accountId: z.number().int(),
  description: z.string().nullable(),
  publicValue: z.string(),
  /** SHA-256 of the secret; the secret itself is shown once and not kept. */
  secretHash: z.string(),
  state: z.enum(['registering', 'activating', 'active', 'deactivating', 'inactive', 'removing', 'removed']),
});

/** Whether callers must say who they are, and the only login. */
const accessSchema = z.object({
  kind: z.literal('access'),
  id: z.literal(1),
  enabled: z.boolean(),
  accessMode: z.string(),
  name: z.string(),
  username: z.string(),
  /** scrypt, `salt:hash` in hex. */
  passwordHash: z.string(),
});

/** What is kept, and written to disk, of each object. */
export const recordSchema = z.discriminatedUnion('kind', [
  stackSchema,
  serviceSchema,
  containerSchema,
  hostSchema,
  apiKeySchema,
  accessSchema,
]);

export type StackRecord = z.infer<typeof stackSchema>;
export type ServiceRecord = z.infer<typeof serviceSchema>;
export type ContainerRecord = z.infer<typeof containerSchema>;
export type HostRecord = z.infer<typeof hostSchema>;
export type ApiKeyRecord = z.infer<typeof apiKeySchema>;
export type AccessRecord = z.infer<typeof accessSchema>;
export type AnyRecord = z.infer<typeof recordSchema>;
export type Upgrade = z.infer<typeof upgradeSchema>;
/** What has an id, a state and a place in the API. */
export type ResourceRecord = Exclude<AnyRecord, AccessRecord>;
export type Kind = ResourceRecord['kind'];
export type ServiceState = ServiceRecord['state'];
export type ContainerState = ContainerRecord['state'];
export type HealthState = ServiceRecord['healthState'];
