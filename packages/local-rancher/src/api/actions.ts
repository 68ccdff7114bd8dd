import type { ContainerState, ServiceState, StackRecord } from '../model/records.js';

/** The actions that each state offers (the `*-states` recordings). Pure tables: an answer lists them and a POST is checked against them. */

const SERVICE: Readonly<Record<ServiceState, readonly string[]>> = {
  registering: ['remove'],
  activating: ['update', 'remove', 'deactivate'],
  active: ['restart', 'update', 'remove', 'deactivate'],
  'updating-active': ['update', 'remove', 'deactivate'],
  inactive: ['update', 'remove', 'activate'],
  'updating-inactive': ['update', 'remove', 'activate'],
  deactivating: ['remove'],
  restarting: ['remove', 'deactivate', 'activate'],
  removing: [],
  removed: [],
};

const HOST_PROXY = ['logs', 'execute', 'proxy'] as const;

const CONTAINER: Readonly<Record<ContainerState, readonly string[]>> = {
  requested: ['remove'],
  starting: ['stop'],
  running: ['restart', 'stop', ...HOST_PROXY],
  restarting: [],
  stopping: ['logs'],
  stopped: ['start', 'remove', 'logs'],
  error: ['remove'],
  removing: [],
  removed: [],
};

const STACK: Readonly<Record<StackRecord['state'], readonly string[]>> = {
  activating: ['deactivateservices', 'activateservices', 'remove'],
  active: ['deactivateservices', 'activateservices', 'update', 'remove'],
  removing: [],
  removed: [],
};

export const serviceActions = (state: ServiceState): readonly string[] => SERVICE[state];
export const containerActions = (state: ContainerState): readonly string[] => CONTAINER[state];
export const stackActions = (state: StackRecord['state']): readonly string[] => STACK[state];

/** Actions that Rancher knows, whatever the state: others are InvalidAction (recording 04-01e, schemas 08-10). */
export const KNOWN_ACTIONS: Readonly<Record<'service' | 'container' | 'stack', readonly string[]>> = {
  service: [
    ...['activate', 'deactivate', 'restart', 'update', 'remove', 'create', 'upgrade', 'finishupgrade', 'rollback', 'cancelupgrade'],
    ...['continueupgrade', 'addservicelink', 'removeservicelink', 'setservicelinks'],
  ],
  container: [
    ...['start', 'stop', 'restart', 'remove', 'update', 'create', 'logs', 'execute', 'proxy', 'console', 'migrate', 'purge', 'error'],
    ...['allocate', 'deallocate', 'updatehealthy', 'updateunhealthy', 'updatereinitializing'],
  ],
  stack: [
    ...['activateservices', 'deactivateservices', 'update', 'remove', 'create', 'upgrade', 'finishupgrade', 'rollback', 'cancelupgrade'],
    ...['addoutputs', 'exportconfig', 'error'],
  ],
};
