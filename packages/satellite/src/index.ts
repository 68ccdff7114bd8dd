export { secretsIn } from './auth/secrets.js';
export { createSatelliteClient, type SatelliteClientOptions } from './client.js';
export { SatelliteError, type SatelliteErrorCode } from './errors.js';
export { SATELLITE_ARGUMENTS } from './program.js';
export type { ByteRange, Change, ContainerState, FileInfo, FileRead, Satellite, Usage } from './satellite.js';
