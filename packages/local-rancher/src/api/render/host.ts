import { formatId, PROJECT_ID } from '../../model/ids.js';
import type { ContainerRecord, HostRecord } from '../../model/records.js';
import { hostActions } from '../actions.js';
import { endpointsOf } from './endpoints.js';
import { actionsOf, dateOf, linksOf, removalOf, type Scope, transitionOf } from './links.js';

const RESTING: ReadonlySet<HostRecord['state']> = new Set(['active', 'inactive', 'removed']);
const RELATED = [
  ...['account', 'clusters', 'containerEvents', 'healthcheckInstanceHostMaps', 'hostLabels', 'hosts', 'instances', 'ipAddresses'],
  ...['physicalHost', 'serviceEvents', 'storagePools', 'volumes', 'hostStats', 'containerStats'],
];

/** A host (recording 05-14); `containers` are those on it that are not removed. */
export const renderHost = (host: HostRecord, containers: readonly ContainerRecord[], scope: Scope): Record<string, unknown> => {
  const id = formatId('host', host.id);
  const self = `${scope.base}/hosts/${id}`;
  return {
    id,
    type: 'host',
    links: linksOf(self, RELATED),
    actions: actionsOf(self, hostActions(host.state)),
    baseType: 'host',
    name: host.name,
    state: host.state,
    accountId: PROJECT_ID,
    agentIpAddress: '127.0.0.1',
    agentState: host.agentState,
    computeTotal: 1_000_000,
    created: dateOf(host.createdTS),
    createdTS: host.createdTS,
    description: null,
    hostTemplateId: null,
    hostname: host.name,
    info: null,
    instanceIds: containers.map((container) => formatId('container', container.id)),
    kind: 'local',
    labels: {},
    localStorageMb: null,
    memory: null,
    milliCpu: null,
    physicalHostId: `1ph${host.id}`,
    publicEndpoints: endpointsOf(containers),
    ...removalOf(host.removedTS),
    stackId: null,
    ...transitionOf(!RESTING.has(host.state), null),
    uuid: host.uuid,
  };
};
