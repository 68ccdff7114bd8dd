import type { Container, Service } from '@mooring/rancher-client';
import type { Session } from '@mooring/resources';

/** A container as far as decisions need it. */
export interface ObservedContainer {
  id: string;
  name: string;
  state: string;
  /** Rancher's primaryIpAddress. */
  ip?: string;
  /** Tells one run of a container from the next: its id and how often it was started. */
  run: string;
}

/** A service as far as decisions need it. */
export interface ObservedService {
  id: string;
  name: string;
  state: string;
  transitioning: string;
  message?: string;
  containers: ObservedContainer[];
}

/** What a probe found; `detail` says for people what it was. */
export interface ProbeResult {
  ok: boolean;
  detail: string;
}

/** What an act on Rancher ran into. */
export interface Trouble {
  /** One CamelCase word: Rancher's error code where it gave one. */
  reason: string;
  message: string;
  /** Rancher said no, rather than nothing. */
  refused: boolean;
}

/** Everything that decisions about one Session follow from, besides the Session itself. */
export interface Observed {
  /** The Session's services that aren't removed, the serving one first. */
  services: ObservedService[];
  /** Whether the running container answers; undefined: not asked yet in this run of it. */
  reach?: ProbeResult;
  /** Whether requests through Traefik come to the container (ok) or elsewhere; undefined: not asked since the route last changed. */
  routed?: ProbeResult;
  /** What the last act ran into. */
  trouble?: Trouble;
}

/** States in which a service is on its way out (recording 07-02); it still holds its name. */
const LEAVING = new Set(['removing', 'removed', 'purging', 'purged']);

export const isLeaving = (service: ObservedService): boolean => LEAVING.has(service.state);

/** Gone for good: lists don't show it any more, a GET by id still does (recording 07-03). */
export const isGone = (object: { state: string; removed?: string | null }): boolean =>
  object.state === 'removed' || object.state === 'purged' || (object.removed ?? null) !== null;

/**
 * The container that serves: Rancher says `active` of a service without one, and `healthy` before there is one. A service that is
 * being removed serves no more, though its container may run a moment longer.
 */
export function runningContainer(service: ObservedService | undefined): (ObservedContainer & { ip: string }) | undefined {
  if (!service || isLeaving(service)) return undefined;
  return service.containers.find(
    (container): container is ObservedContainer & { ip: string } => container.state === 'running' && container.ip !== undefined,
  );
}

function observeContainer(container: Container): ObservedContainer {
  return {
    id: container.id,
    name: container.name ?? container.id,
    state: container.state,
    ip: container.primaryIpAddress ?? undefined,
    run: `${container.id}/${container.startCount ?? 0}`,
  };
}

export function observeService(service: Service, containers: readonly Container[]): ObservedService {
  return {
    id: service.id,
    name: service.name,
    state: service.state,
    transitioning: service.transitioning ?? 'no',
    message: service.transitioningMessage ?? undefined,
    containers: containers.filter((container) => !isGone(container)).map(observeContainer),
  };
}

/**
 * The Session's services, the one that is to serve first: the one that did, else one with a running container, else the oldest.
 * Rancher lets two services of one name through when they are asked for at once (recording 11-09).
 */
export function byPreference(services: readonly ObservedService[], session: Session): ObservedService[] {
  const rank = (service: ObservedService): number => {
    if (isLeaving(service)) return 3;
    if (service.id === session.status.service?.id) return 0;
    return runningContainer(service) ? 1 : 2;
  };
  return [...services].sort((a, b) => rank(a) - rank(b) || ordinal(a.id) - ordinal(b.id));
}

/** The number in an id such as `1s42`: Rancher counts up. */
const ordinal = (id: string): number => Number(/\d+$/.exec(id)?.[0] ?? Number.POSITIVE_INFINITY);
