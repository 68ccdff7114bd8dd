import { isStartedOnce } from '../model/health.js';
import { startsOnce } from '../model/launch-config.js';
import type { ContainerRecord, ServiceRecord } from '../model/records.js';

/** What is to be done next for a service. */
export type ServiceStep =
  | { do: 'none' }
  | { do: 'register' }
  | { do: 'settle'; state: 'active' | 'inactive' | 'removed' }
  /** Active, but something is missing: say so first (recording 05-13b). */
  | { do: 'begin-update' }
  | { do: 'create'; positions: number[] }
  | { do: 'remove'; containers: ContainerRecord[] }
  | { do: 'start'; containers: ContainerRecord[] }
  /** A container could not be started: it is replaced by a new one (recording 03-05e). */
  | { do: 'replace'; container: ContainerRecord };

const NONE: ServiceStep = { do: 'none' };

const scaleOf = (service: ServiceRecord): number => (service.launchConfig === null ? 0 : service.scale);

const missingPositions = (scale: number, present: readonly ContainerRecord[]): number[] => {
  const taken = new Set(present.map((container) => container.position));
  return Array.from({ length: scale }, (_, index) => index + 1).filter((position) => !taken.has(position));
};

/** Stopped by somebody: the service starts it again, unless it is to be started once only (recordings 05-10b, 11-06). */
const wasStopped = (container: ContainerRecord): boolean =>
  container.state === 'stopped' && container.wanted === 'stopped' && !(startsOnce(container.launchConfig) && container.startCount > 0);

const isDone = (container: ContainerRecord): boolean => container.state === 'running' || isStartedOnce(container);

const planPresence = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep | undefined => {
  const present = containers.filter((container) => container.wanted !== 'removed');
  const surplus = present.filter((container) => container.position > scaleOf(service));
  if (surplus.length > 0) return { do: 'remove', containers: surplus };
  const broken = present.find((container) => container.state === 'error');
  if (broken) return { do: 'replace', container: broken };
  const positions = missingPositions(scaleOf(service), present);
  if (positions.length > 0) return service.state === 'active' ? { do: 'begin-update' } : { do: 'create', positions };
  const stopped = present.filter(wasStopped);
  return stopped.length > 0 ? { do: 'start', containers: stopped } : undefined;
};

const planActive = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep => {
  const step = planPresence(service, containers);
  if (step) return step;
  if (service.state === 'active' || !containers.every(isDone)) return NONE;
  return { do: 'settle', state: 'active' };
};

/** The next step for a service; `containers` are those of its that are not removed yet. Pure. */
export const planService = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep => {
  switch (service.state) {
    case 'registering':
      return { do: 'register' };
    case 'activating':
    case 'active':
    case 'updating-active':
    case 'restarting':
      return planActive(service, containers);
    case 'updating-inactive':
      return { do: 'settle', state: 'inactive' };
    case 'deactivating':
      return containers.every((container) => container.state === 'stopped') ? { do: 'settle', state: 'inactive' } : NONE;
    case 'removing':
      return containers.length === 0 ? { do: 'settle', state: 'removed' } : NONE;
    default:
      return NONE;
  }
};
