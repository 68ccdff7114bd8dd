export { ProjectClient, RancherClient, type RancherClientOptions } from './client.js';
export { type CallOptions, Collection, type ReadOptions } from './collection.js';
export { ContainerCollection } from './containers.js';
export {
  InvalidArgumentError,
  type Outcome,
  RancherError,
  RancherUnreachableError,
  type UnreachableCode,
  UnstableListError,
} from './errors.js';
export type { Filters } from './filters.js';
export type { Requester } from './http/exchange.js';
export type { RequestSeen } from './http/http.js';
export { onBehalfOf } from './http/on-behalf-of.js';
export { MetadataClient, type MetadataClientOptions, type MetadataSelf, type WaitOptions } from './metadata.js';
export { type Container, containerSchema, type HostAccess } from './schemas/container.js';
export { type Host, hostSchema } from './schemas/host.js';
export type { LaunchConfig } from './schemas/launch-config.js';
export type { MetadataContainer, MetadataService, MetadataStack } from './schemas/metadata.js';
export { type Project, projectSchema } from './schemas/project.js';
export { type Service, serviceSchema } from './schemas/service.js';
export { type Stack, stackSchema } from './schemas/stack.js';
export type { ContainerStats } from './schemas/stats.js';
export type { StreamLimits } from './streams/frames.js';
export type { Connect, Connection } from './subscribe/connection.js';
export type { OtherResource, SubscribeEvent, SubscribeOptions } from './subscribe/subscribe.js';
