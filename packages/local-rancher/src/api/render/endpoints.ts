import { formatId } from '../../model/ids.js';
import { publicPortsOf } from '../../model/ports.js';
import type { ContainerRecord } from '../../model/records.js';

/** Where the public ports of containers are (recording 02-03). */
export const endpointsOf = (containers: readonly ContainerRecord[]): unknown[] =>
  containers
    .filter((container) => container.startCount > 0)
    .flatMap((container) =>
      publicPortsOf(container.launchConfig.ports ?? []).map((port) => ({
        type: 'publicEndpoint',
        hostId: formatId('host', container.hostId ?? 0),
        instanceId: formatId('container', container.id),
        ipAddress: container.address,
        port,
        serviceId: formatId('service', container.serviceId),
      })),
    );
