import { startsOnce } from './launch-config.js';
import type { ContainerRecord, HealthState, ServiceRecord, ServiceState } from './records.js';

/** Ran, ended by itself or by a stop, and isn't to be started again. */
export const isStartedOnce = (container: ContainerRecord): boolean =>
  container.state === 'stopped' && container.wanted === 'stopped' && container.startCount > 0 && startsOnce(container.launchConfig);

/** The states of an upgrade: the old containers count as well as the new ones (recordings 04-07b, 04-34b). */
const UPGRADING: readonly ServiceState[] = [
  ...(['upgrading', 'upgraded', 'canceling-upgrade', 'canceled-upgrade', 'finishing-upgrade', 'rolling-back'] as const),
];

const MEASURED: ReadonlySet<ServiceState> = new Set(['active', 'inactive', 'updating-active', 'restarting', ...UPGRADING]);

const measure = (scale: number, running: number, startedOnce: number): HealthState => {
  if (scale > 0 && running === 0 && startedOnce >= scale) return 'started-once';
  if (running + startedOnce >= scale) return 'healthy';
  return running + startedOnce === 0 ? 'unhealthy' : 'degraded';
};

/** What checks its own health and doesn't say that it is well isn't serving. */
const isServing = ({ state, health }: ContainerRecord): boolean => state === 'running' && health !== 'unhealthy';

const isInitializing = ({ state, health }: ContainerRecord): boolean => state === 'running' && health === 'initializing';

/**
 * A service's healthState. It is `healthy` from the creation on, and while activating it changes only when a container
 * runs (recordings 02-02, 02-12); what is being taken down keeps what it had (07-02).
 */
export const healthOf = (service: ServiceRecord, containers: readonly ContainerRecord[]): HealthState => {
  const running = containers.filter((container) => container.state === 'running').length;
  const measured = MEASURED.has(service.state) || (service.state === 'activating' && (running > 0 || service.failure !== null));
  if (!measured || service.launchConfig === null || service.serviceKind !== 'service') return service.healthState;
  // Nothing checks Rancher's kind of health here: what has such a check stays initializing (recording 05-19b).
  if (running > 0 && service.launchConfig.healthCheck) return 'initializing';
  if (containers.some(isInitializing)) return 'initializing';
  const startedOnce = service.state === 'inactive' ? 0 : containers.filter(isStartedOnce).length;
  return measure(service.scale, containers.filter(isServing).length, startedOnce);
};

type StackHealth = 'healthy' | 'degraded' | 'unhealthy' | 'initializing';

const isWell = (service: ServiceRecord): boolean => service.healthState === 'healthy' || service.healthState === 'started-once';

/** A container's healthState: its own check's, and for Rancher's kind of check, which nobody makes here, what it is before the first one (recording 05-19b). */
export const containerHealthOf = ({ launchConfig, health }: Pick<ContainerRecord, 'launchConfig' | 'health'>): ContainerRecord['health'] =>
  launchConfig.healthCheck ? 'initializing' : health;

/** A stack's healthState is its services' (recordings 02-20, 08-05). */
export const stackHealthOf = (services: readonly ServiceRecord[]): StackHealth => {
  const well = services.filter(isWell).length;
  if (well === services.length) return 'healthy';
  if (services.some((service) => service.healthState === 'initializing')) return 'initializing';
  return well === 0 && services.every((service) => service.healthState === 'unhealthy') ? 'unhealthy' : 'degraded';
};
