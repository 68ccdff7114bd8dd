import { formatId, PROJECT_ID } from '../../model/ids.js';
import type { ContainerRecord, ServiceRecord, ServiceState } from '../../model/records.js';
import { serviceActions } from '../actions.js';
import { endpointsOf } from './endpoints.js';
import { actionsOf, dateOf, linksOf, removalOf, type Scope, transitionOf } from './links.js';

const RELATED = [
  ...['account', 'consumedbyservices', 'consumedservices', 'instances', 'networkDrivers', 'serviceExposeMaps', 'serviceLogs', 'stack'],
  ...['storageDrivers', 'containerStats'],
];
const RESTING: ReadonlySet<ServiceState> = new Set(['active', 'inactive', 'upgraded', 'canceled-upgrade', 'removed']);

/** Null where there is none (recordings 04-20b, 04-22). */
const linksTo = ({ linkedServices }: ServiceRecord): Record<string, string> | null => {
  const entries = Object.entries(linkedServices ?? {}).map(([name, id]) => [name, formatId('service', id)] as const);
  return entries.length === 0 ? null : Object.fromEntries(entries);
};

/** v1 calls a stack an environment (recording 06-10-ws-v1). */
const stackOf = ({ stackId }: ServiceRecord, { version }: Scope): Record<string, string> =>
  version === 'v1' ? { environmentId: `1e${stackId}` } : { stackId: formatId('stack', stackId) };

const renderUpgrade = (upgrade: ServiceRecord['upgrade']): Record<string, unknown> | null => {
  if (upgrade === null) return null;
  return { type: 'serviceUpgrade', inServiceStrategy: { type: 'inServiceUpgradeStrategy', ...upgrade }, toServiceStrategy: null };
};

/** A service as in recording 02-03; `containers` are those of its that are not removed. */
export const renderService = (service: ServiceRecord, containers: readonly ContainerRecord[], scope: Scope): Record<string, unknown> => {
  const id = formatId('service', service.id);
  const self = `${scope.base}/services/${id}`;
  return {
    id,
    type: service.serviceKind,
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
    kind: service.serviceKind,
    launchConfig: service.launchConfig,
    lbConfig: null,
    linkedServices: linksTo(service),
    metadata: service.metadata,
    publicEndpoints: service.currentScale === null && containers.length === 0 ? null : endpointsOf(containers),
    ...removalOf(service.removedTS),
    retainIp: service.retainIp,
    scale: service.scale,
    scalePolicy: null,
    secondaryLaunchConfigs: service.secondaryLaunchConfigs,
    selectorContainer: service.selectorContainer,
    selectorLink: service.selectorLink,
    ...stackOf(service, scope),
    startOnCreate: service.startOnCreate,
    system: service.system,
    ...transitionOf(!RESTING.has(service.state), service.failure),
    upgrade: renderUpgrade(service.upgrade),
    uuid: service.uuid,
    vip: null,
  };
};
