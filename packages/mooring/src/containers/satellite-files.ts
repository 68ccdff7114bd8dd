import type { ContainerFiles } from '@mooring/http-front';
import { createSatelliteClient, type SatelliteClientOptions } from '@mooring/satellite';

/** The files of containers on a host that has a satellite, by the containers' uuids. */
export function satelliteFiles(options: SatelliteClientOptions): ContainerFiles {
  const satellite = createSatelliteClient(options);
  return {
    state: (uuid, signal) => satellite.state(uuid, signal),
    changes: (uuid, signal) => satellite.changes(uuid, signal),
    readFile: (uuid, path, asked) => satellite.readFile(uuid, path, asked),
    readArchive: (uuid, signal) => satellite.readArchive(uuid, '/', { only: 'changed', ...(signal && { signal }) }),
    writeArchive: (uuid, path, tar, signal) => satellite.writeArchive(uuid, path, tar, signal),
    logs: (uuid, asked) => satellite.logs(uuid, asked),
  };
}
