import { z } from 'zod';
import { launchConfigSchema } from './launch-config.js';

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
  'removing',
  'removed',
] as const;

const containerStates = ['requested', 'starting', 'running', 'restarting', 'stopping', 'stopped', 'error', 'removing', 'removed'] as const;

const stackSchema = z.object({
  ...base,
  kind: z.literal('stack'),
  description: z.string().nullable(),
  externalId: z.string().nullable(),
  state: z.enum(stackStates),
});

const serviceSchema = z.object({
  ...base,
  kind: z.literal('service'),
  stackId: z.number().int(),
  description: z.string().nullable(),
  externalId: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  state: z.enum(serviceStates),
  /** Why it can't go on; shown as `transitioning: error`. */
  failure: z.string().nullable(),
  healthState: z.enum(['healthy', 'degraded', 'unhealthy', 'started-once']),
  scale: z.number().int(),
  currentScale: z.number().int().nullable(),
  /** How many containers were ever made for it. */
  createIndex: z.number().int(),
  startOnCreate: z.boolean().nullable(),
  assignServiceIpAddress: z.boolean(),
  selectorContainer: z.string().nullable(),
  selectorLink: z.string().nullable(),
  retainIp: z.boolean().nullable(),
  launchConfig: launchConfigSchema.nullable(),
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
  /** Where the state is to go. */
  wanted: z.enum(['running', 'stopped', 'removed']),
  failure: z.string().nullable(),
  /** Its address, kept while it is stopped (recording 04-02d). */
  address: z.string().nullable(),
  startCount: z.number().int(),
  firstRunningTS: time.nullable(),
  launchConfig: launchConfigSchema,
});

/** What is kept, and written to disk, of each object. */
export const recordSchema = z.discriminatedUnion('kind', [stackSchema, serviceSchema, containerSchema]);

export type StackRecord = z.infer<typeof stackSchema>;
export type ServiceRecord = z.infer<typeof serviceSchema>;
export type ContainerRecord = z.infer<typeof containerSchema>;
export type AnyRecord = z.infer<typeof recordSchema>;
export type Kind = AnyRecord['kind'];
export type ServiceState = ServiceRecord['state'];
export type ContainerState = ContainerRecord['state'];
export type HealthState = ServiceRecord['healthState'];
