import { isStartedOnce } from '../model/health.js';
import type { ContainerRecord, ServiceRecord } from '../model/records.js';
import type { ServiceStep } from './service-step.js';

/** A place of the service with what is there: of the launchConfig that the service has now, and of the one before. */
interface Place {
  position: number;
  fresh: ContainerRecord | undefined;
  old: ContainerRecord | undefined;
}

const isDone = (container: ContainerRecord): boolean => container.state === 'running' || isStartedOnce(container);

const isFreshOf =
  (service: ServiceRecord) =>
  (container: ContainerRecord): boolean =>
    container.launchConfig.version === service.launchConfig?.version;

const presentOf = (containers: readonly ContainerRecord[]): ContainerRecord[] =>
  containers.filter((container) => container.wanted !== 'removed');

const placesOf = (service: ServiceRecord, containers: readonly ContainerRecord[]): Place[] => {
  const isFresh = isFreshOf(service);
  const present = presentOf(containers);
  return Array.from({ length: service.scale }, (_, index) => {
    const here = present.filter((container) => container.position === index + 1);
    return { position: index + 1, fresh: here.find(isFresh), old: here.find((container) => !isFresh(container)) };
  });
};

const isOut = (old: ContainerRecord | undefined): boolean => old === undefined || (old.state === 'stopped' && old.wanted === 'stopped');
const isSwapped = ({ fresh, old }: Place): boolean => fresh !== undefined && isDone(fresh) && isOut(old);
const isHeld = ({ fresh, old }: Place): boolean => fresh !== undefined || old !== undefined;
const isBegun = ({ fresh, old }: Place): boolean => fresh !== undefined || old?.wanted === 'stopped';

const create = (places: readonly Place[]): ServiceStep => ({ do: 'create', positions: places.map(({ position }) => position) });

/** The new container runs before the old one is stopped (recording 04-07b). */
const planStartFirst = (batch: readonly Place[]): ServiceStep => {
  const missing = batch.filter(({ fresh }) => fresh === undefined);
  if (missing.length > 0) return create(missing);
  const olds = batch.flatMap(({ fresh, old }) => (fresh && isDone(fresh) && old?.wanted === 'running' ? [old] : []));
  return olds.length > 0 ? { do: 'stop', containers: olds } : { do: 'none' };
};

/** The old container is stopped before the new one is made (recording 04-34b). */
const planStopFirst = (batch: readonly Place[]): ServiceStep => {
  const olds = batch.flatMap(({ old }) => (old?.wanted === 'running' ? [old] : []));
  if (olds.length > 0) return { do: 'stop', containers: olds };
  const missing = batch.filter(({ fresh, old }) => fresh === undefined && isOut(old));
  return missing.length > 0 ? create(missing) : { do: 'none' };
};

const brokenOf = (containers: readonly ContainerRecord[]): ContainerRecord[] =>
  presentOf(containers).filter((container) => container.state === 'error');

/** Batch after batch, with the strategy's pause between them. */
export const planUpgrading = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep => {
  const broken = brokenOf(containers);
  if (broken.length > 0) return { do: 'replace', containers: broken };
  const { batchSize = 1, intervalMillis = 0, startFirst = false } = service.upgrade ?? {};
  const places = placesOf(service, containers);
  // What is missing comes first (recording 04-12a).
  const open = places.filter((place) => !isSwapped(place)).sort((a, b) => Number(isHeld(a)) - Number(isHeld(b)));
  if (open.length === 0) return { do: 'settle', state: 'upgraded' };
  const begun = open.filter(isBegun);
  const batch = begun.length > 0 ? begun : open.slice(0, batchSize);
  const step = startFirst ? planStartFirst(batch) : planStopFirst(batch);
  const done = places.length - open.length;
  return begun.length > 0 || done === 0 ? step : { do: 'pause', ms: intervalMillis, after: done, step };
};

/** What is missing is tried for once more, and what came of it is shown (recordings 04-12c, 04-31b). */
export const planCanceling = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep => {
  if (service.failure !== null) return { do: 'settle', state: 'canceled-upgrade' };
  const broken = brokenOf(containers);
  if (broken.length > 0) return { do: 'replace', containers: broken };
  const present = presentOf(containers);
  if (present.some(({ state }) => state === 'requested' || state === 'starting')) return { do: 'none' };
  const empty = placesOf(service, containers).filter(({ fresh, old }) => fresh === undefined && old === undefined);
  return empty.length > 0 ? create(empty.slice(0, 1)) : { do: 'settle', state: 'canceled-upgrade' };
};

/** What an upgrade made stays up; what it replaced stays down, in case of a rollback. */
export const planUpgraded = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep => {
  const fallen = presentOf(containers).filter(
    (container) => isFreshOf(service)(container) && container.state === 'stopped' && !isStartedOnce(container),
  );
  return fallen.length > 0 ? { do: 'start', containers: fallen } : { do: 'none' };
};

/** The old containers go (recording 04-34d). */
export const planFinishing = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep => {
  const olds = presentOf(containers).filter((container) => !isFreshOf(service)(container));
  if (olds.length > 0) return { do: 'remove', containers: olds };
  return containers.every(isFreshOf(service)) ? { do: 'settle', state: 'active' } : { do: 'none' };
};

/** The service has its former launchConfig again: its containers are started, then the others go (recording 04-33b). */
export const planRollingBack = (service: ServiceRecord, containers: readonly ContainerRecord[]): ServiceStep => {
  const broken = brokenOf(containers).filter(isFreshOf(service));
  if (broken.length > 0) return { do: 'replace', containers: broken };
  const places = placesOf(service, containers);
  const stopped = places.flatMap(({ fresh }) => (fresh?.wanted === 'stopped' && !isStartedOnce(fresh) ? [fresh] : []));
  if (stopped.length > 0) return { do: 'start', containers: stopped };
  const missing = places.filter(({ fresh }) => fresh === undefined);
  if (missing.length > 0) return create(missing);
  return places.every(({ fresh }) => fresh !== undefined && isDone(fresh)) ? planFinishing(service, containers) : { do: 'none' };
};
