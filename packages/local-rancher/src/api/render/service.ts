import { formatId, HOST_ID, PROJECT_ID } from '../../model/ids.js';
import { publicPortsOf } from '../../model/ports.js';
import type { ContainerRecord, ServiceRecord, ServiceState } from '../../model/records.js';
import { serviceActions } from '../actions.js';
import { actionsOf, dateOf, linksOf, removalOf, type Scope, transitionOf } from './links.js';

const RELATED = ['instances', 'stack'] as const;
const RESTING: ReadonlySet<ServiceState> = new Set(['active', 'inactive', 'removed']);

const endpointsOf = (service: ServiceRecord, containers: readonly ContainerRecord[]): unknown[] =>
  containers
    .filter((container) => container.startCount > 0)
    .flatMap((container) =>
      publicPortsOf(container.launchConfig.ports ?? []).map((port) => ({
        type: 'publicEndpoint',
        hostId: HOST_ID,
        instanceId: formatId('container', container.id),
        ipAddress: container.address,
        port,
        serviceId: formatId('service', service.id),
      })),
    );

/** A service as in recording 02-03; `containers` are those of its that are not removed. */
export const renderService = (service: ServiceRecord, containers: readonly ContainerRecord[], scope: Scope): Record<string, unknown> => {
  const id = formatId('service', service.id);
  const self = `${scope.base}/services/${id}`;
  return {
    id,
    type: 'service',
    links: linksOf(self, RELATED),
    actions: actionsOf(self, serviceActions(service.state)),
    baseType: 'service',
    name: service.name,
    state: service.state,
    accountId: PROJECT_ID,
    assignServiceIpAddress: service.assignServiceIpAddress,
    createIndex: service.createIndex === 0 ? null : service.createIndex,
    created: dateOf(service.createdTS),
    createdTS: service.createdTS,
    currentScale: service.currentScale,
    description: service.description,
    externalId: service.externalId,
    fqdn: null,
    healthState: service.healthState,
    instanceIds: containers.length === 0 ? null : containers.map((container) => formatId('container', container.id)),
    kind: 'service',
    launchConfig: service.launchConfig,
    lbConfig: null,
    linkedServices: null,
    metadata: service.metadata,
    publicEndpoints: service.currentScale === null && containers.length === 0 ? null : endpointsOf(service, containers),
    ...removalOf(service.removedTS),
    retainIp: service.retainIp,
    scale: service.scale,
    scalePolicy: null,
    secondaryLaunchConfigs: [],
    selectorContainer: service.selectorContainer,
    selectorLink: service.selectorLink,
    stackId: formatId('stack', service.stackId),
    startOnCreate: service.startOnCreate,
    system: false,
    ...transitionOf(!RESTING.has(service.state), service.failure),
    upgrade: null,
    uuid: service.uuid,
    vip: null,
  };
};
