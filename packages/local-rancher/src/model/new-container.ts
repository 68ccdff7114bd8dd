import { randomUUID } from 'node:crypto';
import type { ContainerRecord, ServiceRecord, StackRecord } from './records.js';

interface Birth {
  id: number;
  position: number;
  createIndex: number;
  /** Its place's, which it takes over from the container that it replaces in an upgrade. */
  deploymentUnitUuid?: string | undefined;
  /** Milliseconds since the epoch. */
  now: number;
}

/** The labels that Rancher adds (recording 05-03). They keep the names of the moment: a rename doesn't reach them. */
const rancherLabels = (stack: StackRecord, service: ServiceRecord, deploymentUnit: string): Record<string, string> => ({
  'io.rancher.service.deployment.unit': deploymentUnit,
  'io.rancher.service.launch.config': 'io.rancher.service.primary.launch.config',
  'io.rancher.stack.name': stack.name,
  'io.rancher.stack_service.name': `${stack.name}/${service.name}`,
  'io.rancher.project.name': stack.name,
  'io.rancher.project_service.name': `${stack.name}/${service.name}`,
  'io.rancher.environment.uuid': 'adminProject',
});

const dnsSearch = (stack: StackRecord, service: ServiceRecord): string[] => [
  `${stack.name}.rancher.internal`,
  `${service.name}.${stack.name}.rancher.internal`,
  'rancher.internal',
];

/** A container of the service as it is asked for, before anything runs. */
export const newContainer = (stack: StackRecord, service: ServiceRecord, birth: Birth): ContainerRecord => {
  const deploymentUnitUuid = birth.deploymentUnitUuid ?? randomUUID();
  const launchConfig = service.launchConfig ?? {};
  return {
    kind: 'container',
    id: birth.id,
    uuid: randomUUID(),
    name: `${stack.name}-${service.name}-${birth.position}`,
    serviceId: service.id,
    stackId: stack.id,
    position: birth.position,
    createIndex: birth.createIndex,
    deploymentUnitUuid,
    dnsSearch: dnsSearch(stack, service),
    hostId: null,
    state: 'requested',
    wanted: 'running',
    failure: null,
    progress: null,
    health: null,
    address: null,
    startCount: 0,
    firstRunningTS: null,
    launchConfig: { ...launchConfig, labels: { ...launchConfig.labels, ...rancherLabels(stack, service, deploymentUnitUuid) } },
    createdTS: birth.now,
    removedTS: null,
  };
};
