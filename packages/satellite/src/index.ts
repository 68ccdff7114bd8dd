export { createSatelliteClient, type SatelliteClientOptions } from './client.js';
export { DockerSatellite, type DockerSatelliteOptions } from './engine/docker-satellite.js';
export { SatelliteError, type SatelliteErrorCode } from './errors.js';
export type { ByteRange, Change, ContainerState, FileInfo, FileRead, Satellite, Usage } from './satellite.js';
export { buildServer, type ServerOptions } from './server.js';
