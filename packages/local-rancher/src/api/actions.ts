import type { ApiKeyRecord, ContainerState, HostRecord, ServiceState, StackRecord } from '../model/records.js';

/** The actions that each state offers (the `*-states` recordings). Pure tables: an answer lists them and a POST is checked against them. */

const LINKING = ['addservicelink', 'removeservicelink', 'setservicelinks'] as const;

const SERVICE: Readonly<Record<ServiceState, readonly string[]>> = {
  registering: ['remove'],
  activating: ['upgrade', 'update', 'remove', 'deactivate'],
  active: ['upgrade', 'restart', 'update', 'remove', 'deactivate'],
  'updating-active': ['upgrade', 'update', 'remove', 'deactivate'],
  inactive: ['upgrade', 'update', 'remove', 'activate'],
  'updating-inactive': ['remove', 'deactivate'],
  deactivating: ['remove'],
  restarting: ['remove', 'deactivate', 'activate'],
  upgrading: ['rollback', 'update', 'remove', 'cancelupgrade'],
  upgraded: ['rollback', 'remove', 'finishupgrade'],
  'canceling-upgrade': ['update', 'remove'],
  'canceled-upgrade': ['rollback', 'remove', 'continueupgrade'],
  'finishing-upgrade': ['update', 'remove', 'cancelupgrade'],
  'rolling-back': ['update', 'remove'],
  removing: [],
  removed: [],
};

/** Not listed, but taken: what is deactivated before it was activated (recording 07-15b). */
const UNLISTED: Partial<Record<ServiceState, readonly string[]>> = { registering: ['deactivate'] };

const HOST_PROXY = ['logs', 'execute', 'proxy'] as const;

const CONTAINER: Readonly<Record<ContainerState, readonly string[]>> = {
  requested: ['remove'],
  starting: ['stop'],
  running: ['restart', 'update', 'stop', 'migrate', ...HOST_PROXY],
  restarting: ['stop'],
  stopping: ['logs'],
  stopped: ['error', 'start', 'update', 'remove', 'logs'],
  error: ['remove'],
  removing: [],
  removed: ['purge'],
};

const STACK_ALWAYS = ['deactivateservices', 'activateservices', 'addoutputs', 'exportconfig'] as const;

const STACK: Readonly<Record<StackRecord['state'], readonly string[]>> = {
  activating: [...STACK_ALWAYS, 'error', 'remove'],
  active: [...STACK_ALWAYS, 'upgrade', 'update', 'remove'],
  removing: STACK_ALWAYS,
  removed: STACK_ALWAYS,
};

const HOST: Readonly<Record<HostRecord['state'], readonly string[]>> = {
  activating: ['deactivate'],
  active: ['upgrade', 'evacuate', 'dockersocket', 'update', 'delete', 'deactivate'],
  deactivating: [],
  inactive: ['upgrade', 'evacuate', 'update', 'activate', 'remove', 'delete'],
  removing: [],
  removed: ['purge'],
};

const API_KEY: Readonly<Record<ApiKeyRecord['state'], readonly string[]>> = {
  registering: ['activate', 'remove', 'deactivate'],
  activating: ['deactivate'],
  active: ['update', 'deactivate'],
  deactivating: [],
  inactive: ['activate', 'update', 'remove'],
  removing: [],
  removed: [],
};

export const serviceActions = (state: ServiceState): readonly string[] => [...SERVICE[state], ...LINKING];
/** What a POST may ask for: more than an answer lists. */
export const takenServiceActions = (state: ServiceState): readonly string[] => [...serviceActions(state), ...(UNLISTED[state] ?? [])];
export const containerActions = (state: ContainerState): readonly string[] => CONTAINER[state];
export const hostActions = (state: HostRecord['state']): readonly string[] => HOST[state];
export const apiKeyActions = (state: ApiKeyRecord['state']): readonly string[] => API_KEY[state];
export const stackActions = (state: StackRecord['state']): readonly string[] => STACK[state];

/** Of an instance, as containers are called too, fewer are known (08-10-schema-instance). */
const INSTANCE_ACTIONS = [
  ...['start', 'stop', 'restart', 'remove', 'update', 'create', 'console', 'migrate', 'purge', 'error'],
  ...['allocate', 'deallocate', 'updatehealthy', 'updateunhealthy', 'updatereinitializing'],
] as const;

/** Actions that Rancher knows, whatever the state: others are InvalidAction (recording 04-01e, schemas 08-10). */
export const KNOWN_ACTIONS = {
  instance: INSTANCE_ACTIONS,
  service: [
    ...['activate', 'deactivate', 'restart', 'update', 'remove', 'create', 'upgrade', 'finishupgrade', 'rollback', 'cancelupgrade'],
    ...['continueupgrade', 'addservicelink', 'removeservicelink', 'setservicelinks'],
  ],
  container: [...INSTANCE_ACTIONS, ...HOST_PROXY],
  stack: [
    ...['activateservices', 'deactivateservices', 'update', 'remove', 'create', 'upgrade', 'finishupgrade', 'rollback', 'cancelupgrade'],
    ...['addoutputs', 'exportconfig', 'error'],
  ],
  host: [
    ...[
      'activate',
      'deactivate',
      'delete',
      'dockersocket',
      'error',
      'evacuate',
      'provision',
      'purge',
      'remove',
      'update',
      'upgrade',
      'create',
    ],
  ],
  apiKey: ['activate', 'deactivate', 'remove', 'update', 'create'],
} as const;
