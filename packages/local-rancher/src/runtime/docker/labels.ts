/** Whose container it is: the installation's id. Nothing without it is looked at, let alone touched. */
export const INSTALLATION_LABEL = 'mooring.dev/installation';
/** Rancher's label of its uuid, the runtime's key. */
export const UUID_LABEL = 'io.rancher.container.uuid';
/** Rancher's label of its name. */
export const NAME_LABEL = 'io.rancher.container.name';

/** Begins the names of an installation's networks and volumes, so that two on one Engine share none. */
export const prefixOf = (installation: string): string => `mooring-${installation.slice(0, 8)}`;
