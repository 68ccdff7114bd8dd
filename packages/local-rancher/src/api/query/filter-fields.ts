import type { FilterType, FilterTypes } from './filters.js';

const each = (type: FilterType, names: readonly string[]): FilterTypes => Object.fromEntries(names.map((name) => [name, type]));

/** What each kind can be filtered and sorted by: collectionFilters of the recordings 08-10-schema-*, no more and no less. */
export const STACK_FILTERS: FilterTypes = {
  ...each('reference', ['accountId']),
  ...each('date', ['created', 'removeTime', 'removed']),
  ...each('string', ['description', 'externalId', 'group', 'healthState', 'kind', 'name', 'uuid']),
  ...each('int', ['id']),
  ...each('enum', ['state', 'system']),
};

export const SERVICE_FILTERS: FilterTypes = {
  ...each('reference', ['accountId', 'stackId']),
  ...each('date', ['created', 'removeTime', 'removed']),
  ...each('string', ['description', 'externalId', 'healthState', 'kind', 'name', 'selectorContainer', 'selectorLink', 'uuid', 'vip']),
  ...each('int', ['createIndex', 'id']),
  ...each('enum', ['skip', 'state', 'system']),
};

export const CONTAINER_FILTERS: FilterTypes = {
  ...each('reference', ['accountId', 'agentId', 'imageId', 'networkContainerId', 'registryCredentialId', 'serviceId', 'serviceIndexId']),
  ...each('reference', ['stackId', 'zoneId']),
  ...each('date', ['created', 'firstRunning', 'healthUpdated', 'removeTime', 'removed']),
  ...each('string', ['allocationState', 'deploymentUnitUuid', 'description', 'dnsInternal', 'dnsSearchInternal', 'domain', 'externalId']),
  ...each('string', ['healthState', 'hostname', 'instanceTriggeredStop', 'kind', 'name', 'token', 'userdata', 'uuid', 'version']),
  ...each('int', ['compute', 'createIndex', 'id', 'memoryMb', 'memoryReservation', 'milliCpuReservation', 'startCount']),
  ...each('enum', ['nativeContainer', 'state', 'system']),
};

export const HOST_FILTERS: FilterTypes = each('string', ['id', 'kind', 'name', 'state', 'uuid']);
