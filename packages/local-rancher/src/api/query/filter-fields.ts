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

export const HOST_FILTERS: FilterTypes = {
  ...each('reference', ['accountId', 'hostTemplateId', 'physicalHostId', 'stackId']),
  ...each('date', ['created', 'removeAfter', 'removeTime', 'removed']),
  ...each('string', ['agentState', 'description', 'kind', 'name', 'uri', 'uuid']),
  ...each('int', ['computeFree', 'computeTotal', 'id', 'localStorageMb', 'memory', 'milliCpu']),
  ...each('enum', ['isPublic', 'state']),
};

export const API_KEY_FILTERS: FilterTypes = {
  ...each('reference', ['accountId', 'registryId']),
  ...each('date', ['created', 'removeTime', 'removed']),
  ...each('string', ['description', 'kind', 'name', 'publicValue', 'secretValue', 'uuid']),
  ...each('int', ['id']),
  ...each('enum', ['state']),
};

export const ACCOUNT_FILTERS: FilterTypes = {
  ...each('reference', ['defaultNetworkId', 'projectTemplateId']),
  ...each('date', ['created', 'removeTime', 'removed']),
  ...each('string', ['description', 'externalId', 'externalIdType', 'healthState', 'kind', 'name', 'uuid', 'version']),
  ...each('int', ['id', 'revision']),
  ...each('enum', ['state']),
};

export const NETWORK_FILTERS: FilterTypes = {
  ...each('reference', ['accountId', 'networkDriverId']),
  ...each('date', ['created', 'removeTime', 'removed']),
  ...each('string', ['description', 'domain', 'kind', 'name', 'uuid']),
  ...each('int', ['id']),
  ...each('enum', ['isPublic', 'state']),
};

export const PORT_FILTERS: FilterTypes = {
  ...each('reference', ['accountId', 'instanceId', 'privateIpAddressId', 'publicIpAddressId']),
  ...each('date', ['created', 'removeTime', 'removed']),
  ...each('string', ['description', 'kind', 'name', 'protocol', 'uuid']),
  ...each('int', ['id', 'privatePort', 'publicPort']),
  ...each('enum', ['state']),
};

export const EXPOSE_MAP_FILTERS: FilterTypes = {
  ...each('reference', ['accountId', 'instanceId', 'serviceId']),
  ...each('date', ['created', 'removeTime', 'removed']),
  ...each('string', ['description', 'dnsPrefix', 'hostName', 'ipAddress', 'kind', 'name', 'uuid']),
  ...each('int', ['id']),
  ...each('enum', ['managed', 'state', 'upgrade']),
};

export const SERVICE_LOG_FILTERS: FilterTypes = {
  ...each('reference', ['accountId', 'instanceId', 'serviceId']),
  ...each('date', ['created', 'endTime']),
  ...each('string', ['description', 'eventType', 'kind', 'level', 'transactionId']),
  ...each('int', ['id']),
  ...each('enum', ['subLog']),
};

export const SERVICE_EVENT_FILTERS: FilterTypes = {
  ...each('reference', ['accountId', 'healthcheckInstanceId', 'hostId', 'instanceId']),
  ...each('date', ['created', 'removeTime', 'removed']),
  ...each('string', ['description', 'healthcheckUuid', 'kind', 'name', 'reportedHealth', 'uuid']),
  ...each('int', ['externalTimestamp', 'id']),
  ...each('enum', ['state']),
};
