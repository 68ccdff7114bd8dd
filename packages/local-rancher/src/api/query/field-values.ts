import { PROJECT_NUMBER } from '../../model/ids.js';
import type { ApiKeyRecord, ContainerRecord, HostRecord, ServiceRecord, StackRecord } from '../../model/records.js';
import type { FieldValue } from './filters.js';

/** A field's value as filters and sorts see it; what isn't kept is null. */
type Values<T> = Readonly<Record<string, (record: T) => FieldValue>>;

type AnyOf = StackRecord | ServiceRecord | ContainerRecord | HostRecord;

const COMMON: Values<AnyOf> = {
  accountId: () => PROJECT_NUMBER,
  id: (record) => record.id,
  uuid: (record) => record.uuid,
  name: (record) => record.name,
  kind: (record) => record.kind,
  state: (record) => record.state,
  system: (record) => ('system' in record ? record.system : false),
  created: (record) => record.createdTS,
  removed: (record) => record.removedTS,
};

const SERVICE: Values<ServiceRecord> = {
  ...COMMON,
  kind: (service) => service.serviceKind,
  stackId: (service) => service.stackId,
  description: (service) => service.description,
  externalId: (service) => service.externalId,
  healthState: (service) => service.healthState,
  createIndex: (service) => service.createIndex || null,
  selectorContainer: (service) => service.selectorContainer,
  selectorLink: (service) => service.selectorLink,
};

const STACK: Values<StackRecord> = {
  ...COMMON,
  description: (stack) => stack.description,
  externalId: (stack) => stack.externalId,
};

const CONTAINER: Values<ContainerRecord> = {
  ...COMMON,
  deploymentUnitUuid: (container) => container.deploymentUnitUuid,
  createIndex: (container) => container.createIndex,
  startCount: (container) => container.startCount || null,
  firstRunning: (container) => container.firstRunningTS,
  externalId: (container) => (container.startCount > 0 ? container.uuid : null),
  nativeContainer: () => false,
  version: () => '0',
};

const HOST: Values<HostRecord> = {
  ...COMMON,
  kind: () => 'local',
  agentState: (host) => host.agentState,
};

const API_KEY: Values<ApiKeyRecord> = {
  accountId: (key) => key.accountId,
  id: (key) => key.id,
  uuid: (key) => key.uuid,
  name: (key) => key.name,
  kind: (key) => key.kind,
  state: (key) => key.state,
  created: (key) => key.createdTS,
  description: (key) => key.description,
  publicValue: (key) => key.publicValue,
};

const lookUp =
  <T>(values: Values<T>) =>
  (record: T, field: string): FieldValue =>
    values[field]?.(record) ?? null;

export const serviceValue = lookUp(SERVICE);
export const stackValue = lookUp(STACK);
export const containerValue = lookUp(CONTAINER);
export const hostValue = lookUp(HOST);
export const apiKeyValue = lookUp(API_KEY);
