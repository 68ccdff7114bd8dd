import { containerHealthOf } from '../../model/health.js';
import { formatId, PROJECT_ID } from '../../model/ids.js';
import type { ContainerRecord, ContainerState } from '../../model/records.js';
import { containerActions } from '../actions.js';
import { actionsOf, dateOf, linksOf, removalOf, type Scope, transitionOf } from './links.js';

const RELATED = [
  ...['account', 'credentials', 'healthcheckInstanceHostMaps', 'hosts', 'instanceLabels', 'instanceLinks', 'instances', 'mounts', 'ports'],
  ...['serviceEvents', 'serviceExposeMaps', 'serviceLogs', 'services', 'targetInstanceLinks', 'volumes', 'stats', 'containerStats'],
];
const RESTING: ReadonlySet<ContainerState> = new Set(['running', 'stopped', 'removed']);

/** What a container has, null where its launchConfig doesn't say (recording 05-03). */
const UNSET = Object.fromEntries(
  [
    ...[
      'blkioDeviceOptions',
      'blkioWeight',
      'build',
      'capAdd',
      'capDrop',
      'cgroupParent',
      'command',
      'cpuCount',
      'cpuPercent',
      'cpuPeriod',
    ],
    ...['cpuQuota', 'cpuRealtimePeriod', 'cpuRealtimeRuntime', 'cpuSet', 'cpuSetMems', 'cpuShares', 'dataVolumes', 'dataVolumesFrom'],
    ...['description', 'devices', 'diskQuota', 'dnsOpt', 'domainName', 'entryPoint', 'expose', 'extraHosts', 'groupAdd', 'healthCheck'],
    ...['healthCmd', 'healthInterval', 'healthRetries', 'healthState', 'healthTimeout', 'hostname', 'ioMaximumBandwidth', 'ioMaximumIOps'],
    ...['ip', 'ip6', 'ipcMode', 'isolation', 'kernelMemory', 'logConfig', 'lxcConf', 'memory', 'memoryReservation', 'memorySwap'],
    ...['memorySwappiness', 'milliCpuReservation', 'mounts', 'netAlias', 'networkContainerId', 'oomKillDisable', 'oomScoreAdj', 'pidMode'],
    ...[
      'pidsLimit',
      'ports',
      'registryCredentialId',
      'requestedHostId',
      'restartPolicy',
      'secrets',
      'securityOpt',
      'shmSize',
      'stopSignal',
    ],
    ...['stopTimeout', 'storageOpt', 'sysctls', 'tmpfs', 'ulimits', 'user', 'userPorts', 'usernsMode', 'uts', 'volumeDriver', 'workingDir'],
  ].map((field) => [field, null]),
);

/** Of a service's launchConfig only: not among a container's fields. */
const withoutServiceFields = ({ type: _type, vcpu: _vcpu, drainTimeoutMs: _drain, ...fields }: Record<string, unknown>) => fields;

/** A container as in recordings 05-03 and 05-03b. */
export const renderContainer = (container: ContainerRecord, isPurged: boolean, scope: Scope): Record<string, unknown> => {
  const id = formatId('container', container.id);
  const self = `${scope.base}/containers/${id}`;
  return {
    id,
    type: 'container',
    links: linksOf(self, RELATED),
    actions: actionsOf(self, isPurged ? [] : containerActions(container.state)),
    baseType: 'instance',
    ...UNSET,
    environment: {},
    labels: {},
    ...withoutServiceFields(container.launchConfig),
    name: container.name,
    state: isPurged ? 'purged' : container.state,
    accountId: PROJECT_ID,
    createIndex: container.createIndex,
    created: dateOf(container.createdTS),
    createdTS: container.createdTS,
    dataVolumeMounts: {},
    deploymentUnitUuid: container.deploymentUnitUuid,
    dns: ['169.254.169.250'],
    dnsSearch: container.dnsSearch,
    externalId: container.startCount > 0 ? container.uuid : null,
    firstRunning: container.firstRunningTS === null ? null : dateOf(container.firstRunningTS),
    firstRunningTS: container.firstRunningTS,
    hostId: container.hostId === null ? null : formatId('host', container.hostId),
    healthState: containerHealthOf(container),
    kind: 'container',
    nativeContainer: false,
    primaryIpAddress: container.address,
    primaryNetworkId: '1n5',
    ...removalOf(container.removedTS),
    serviceId: null,
    serviceIds: container.state === 'removed' ? null : [formatId('service', container.serviceId)],
    stackId: null,
    startCount: container.startCount === 0 ? null : container.startCount,
    system: false,
    ...transitionOf(!RESTING.has(container.state), container.state === 'error' ? container.failure : null),
    ...(container.progress !== null && { transitioningMessage: container.progress }),
    uuid: container.uuid,
  };
};
