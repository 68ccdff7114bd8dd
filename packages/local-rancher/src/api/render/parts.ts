import { formatId, PROJECT_ID } from '../../model/ids.js';
import { parsePort } from '../../model/ports.js';
import type { ContainerRecord } from '../../model/records.js';
import type { ServiceLogEntry } from '../../model/service-logs.js';
import { actionsOf, dateOf, linksOf, type Scope, transitionOf } from './links.js';

type Body = Record<string, unknown>;

/** Up to so many ports of a container get ids of their own. */
const PORTS_EACH = 100;

/** A link between a service and a container of it (recording 05-06b). */
export const renderExposeMap = (container: ContainerRecord, scope: Scope): Body => {
  const id = `1sem${container.id}`;
  const self = `${scope.base}/serviceexposemaps/${id}`;
  return {
    id,
    type: 'serviceExposeMap',
    links: linksOf(self, ['account', 'instance', 'service']),
    actions: actionsOf(self, ['remove']),
    baseType: 'serviceExposeMap',
    name: null,
    state: 'active',
    accountId: PROJECT_ID,
    created: dateOf(container.createdTS),
    createdTS: container.createdTS,
    description: null,
    instanceId: formatId('container', container.id),
    ipAddress: null,
    kind: 'serviceExposeMap',
    managed: true,
    removed: null,
    serviceId: formatId('service', container.serviceId),
    ...transitionOf(false, null),
    uuid: container.deploymentUnitUuid,
  };
};

/** The ports of a container (recording 05-16). */
export const renderPorts = (container: ContainerRecord, scope: Scope): Body[] =>
  (container.launchConfig.ports ?? []).flatMap((text, index) => {
    const port = parsePort(text);
    if (!port) return [];
    const id = `1p${container.id * PORTS_EACH + index}`;
    const self = `${scope.base}/ports/${id}`;
    const isUp = container.state === 'running' || container.state === 'stopped';
    return [
      {
        id,
        type: 'port',
        links: linksOf(self, ['account', 'instance', 'privateIpAddress', 'publicIpAddress']),
        actions: actionsOf(self, ['update', 'deactivate']),
        baseType: 'port',
        name: null,
        state: isUp ? 'active' : 'inactive',
        accountId: PROJECT_ID,
        bindAddress: port.bindAddress,
        created: dateOf(container.createdTS),
        createdTS: container.createdTS,
        description: null,
        instanceId: formatId('container', container.id),
        kind: 'userPort',
        privateIpAddressId: null,
        privatePort: port.privatePort,
        protocol: port.protocol,
        publicIpAddressId: null,
        publicPort: port.publicPort,
        removed: null,
        ...transitionOf(false, null),
        uuid: `${container.uuid}-${index}`,
      },
    ];
  });

/** What a service went through (recording 05-05). */
export const renderServiceLog = (entry: ServiceLogEntry, scope: Scope): Body => {
  const id = `1sl${entry.id}`;
  return {
    id,
    type: 'serviceLog',
    links: linksOf(`${scope.base}/servicelogs/${id}`, ['account', 'service']),
    actions: {},
    baseType: 'serviceLog',
    accountId: PROJECT_ID,
    created: dateOf(entry.createdTS),
    createdTS: entry.createdTS,
    description: entry.description,
    endTime: entry.endTS === null ? null : dateOf(entry.endTS),
    endTimeTS: entry.endTS,
    eventType: entry.eventType,
    instanceId: entry.instanceId === null ? null : formatId('container', entry.instanceId),
    kind: 'serviceLog',
    level: entry.level,
    serviceId: formatId('service', entry.serviceId),
    subLog: entry.subLog,
    transactionId: entry.transactionId,
  };
};
