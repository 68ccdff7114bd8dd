import { isStartedOnce } from '../model/health.js';
import { startsOnce } from '../model/launch-config.js';
import type { ContainerRecord, ServiceRecord } from '../model/records.js';
import type { ServiceStep } from './service-step.js';
import { planCanceling, planFinishing, planRollingBack, planUpgraded, planUpgrading } from './upgrade-plan.js';

const NONE: ServiceStep = { do: 'none' };

const scaleOf = (service: ServiceRecord): number =>
  service.launchConfig === null || service.serviceKind !== 'service' ? 0 : service.scale;

const missingPositions = (scale: number, present: readonly ContainerRecord[]): number[] => {
  const taken = new Set(present.map((container) => container.position));
  return Array.from({ length: scale }, (_, index) => index + 1).filter((position) => !taken.has(position));
};

/** Stopped by somebody: the service starts it again, unless it is to be started once only (recordings 05-10b, 11-06). */
const wasStopped = (container: ContainerRecord): boolean =>
  container.state === 'stopped' && container.wanted === 'stopped' && !(startsOnce(container.launchConfig) && container.startCount > 0);

const isDone = (container: ContainerRecord): boolean => container.state === 'running' || isStartedOnce(container);

const planPresence = (service: ServiceRecord, containers: readonly ContainerRecord[], canPlace: boolean): ServiceStep | undefined => {
  const present = containers.filter((container) => container.wanted !== 'removed');
  const surplus = present.filter((container) => container.position > scaleOf(service));
  if (surplus.length > 0) return { do: 'remove', containers: surplus };
  const broken = present.filter((container) => container.state === 'error');
  if (broken.length > 0) return { do: 'replace', containers: broken };
  const positions = canPlace ? missingPositions(scaleOf(service), present) : [];
  if (positions.length > 0) return service.state === 'active' ? { do: 'begin-update' } : { do: 'create', positions };
  const stopped = present.filter(wasStopped);
  return stopped.length > 0 ? { do: 'start', containers: stopped } : undefined;
};

const planActive = (service: ServiceRecord, containers: readonly ContainerRecord[], canPlace: boolean): ServiceStep => {
  const step = planPresence(service, containers, canPlace);
  if (step) return step;
  if (service.state === 'active' || !containers.every(isDone)) return NONE;
  return { do: 'settle', state: 'active' };
};

/** What was to be started and is deactivated before it was gets its containers all the same (recording 07-15d). */
const planDeactivating = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep => {
  const positions = service.createIndex === 0 && service.startOnCreate ? missingPositions(scaleOf(service), containers) : [];
  if (positions.length > 0) return { do: 'create', positions };
  const up = containers.filter((container) => container.wanted === 'running');
  if (up.length > 0) return { do: 'stop', containers: up };
  return containers.every((container) => container.state === 'stopped') ? { do: 'settle', state: 'inactive' } : NONE;
};

/** The next step while a service is upgraded, or undefined where it isn't. */
const planUpgrade = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep | undefined => {
  switch (service.state) {
    case 'upgrading':
      return planUpgrading(service, containers);
    case 'upgraded':
      return planUpgraded(service, containers);
    case 'canceling-upgrade':
      return planCanceling(service, containers);
    case 'finishing-upgrade':
      return planFinishing(service, containers);
    case 'rolling-back':
      return planRollingBack(service, containers);
    default:
      return undefined;
  }
};

/**
 * The next step for a service; `containers` are those of its that are not removed yet, `canPlace` says whether any host
 * takes new ones: without one a service is active with what it has (recording 04-45). Pure.
 */
export const planService = (service: ServiceRecord, containers: readonly ContainerRecord[], canPlace = true): ServiceStep => {
  switch (service.state) {
    case 'registering':
      return { do: 'register' };
    case 'activating':
    case 'active':
    case 'updating-active':
    case 'restarting':
      return planActive(service, containers, canPlace);
    case 'updating-inactive':
      return { do: 'settle', state: 'inactive' };
    case 'deactivating':
      return planDeactivating(service, containers);
    case 'removing':
      return containers.length === 0 ? { do: 'settle', state: 'removed' } : NONE;
    default:
      return planUpgrade(service, containers) ?? NONE;
  }
};
