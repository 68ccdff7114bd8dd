import type { Session, SessionUpdate } from '@mooring/resources';
import type { Idle } from '../activity/conditions.js';
import type { SeenContainer, SeenHost, SeenService } from './seen.js';

/** A container as far as decisions need it. */
export interface ObservedContainer {
  id: string;
  name: string;
  state: string;
  ip?: string;
  /** What Rancher is doing with it, where it says so. */
  message?: string;
  /** Where it runs, if Rancher says that this host isn't active: then nobody knows whether it still does. */
  lostHost?: { name: string; state: string };
  /** What its own health check says; undefined where it has none. */
  health?: string | undefined;
  /** What it launched, as its label says. */
  launch?: string | undefined;
  /** Tells what a probe's answer holds for: this container, this start of it, this state of its host. */
  run: string;
}

/** A service as far as decisions need it. */
export interface ObservedService {
  id: string;
  name: string;
  state: string;
  transitioning: string;
  message?: string;
  /** Its container has ended by itself, and Rancher leaves it so. */
  startedOnce?: boolean;
  /** What it launches, as its label says; undefined where it has none. */
  launch?: string | undefined;
  containers: ObservedContainer[];
}

/** What a probe found; `detail` says for people what it was. */
export interface ProbeResult {
  ok: boolean;
  detail: string;
}

/** Where requests through Traefik come to; `unsure`: nowhere, which says nothing about the next one. */
export interface RouteSeen extends ProbeResult {
  unsure?: boolean;
}

/** Whether requests are known to come to the container no more. */
export const isRouteGone = (routed: RouteSeen | undefined): boolean => routed?.ok === false && !routed.unsure;

/** What a call to Rancher ran into. */
export interface Trouble {
  /** One CamelCase word: Rancher's error code where it gave one. */
  reason: string;
  message: string;
  /** Rancher said no, rather than nothing. */
  refused: boolean;
}

/** What the template of a Session launches by now, which is not what the Session does. */
export interface NewVersion extends Omit<SessionUpdate, 'by'> {
  /** It was tried, and did not come up. */
  hasFailed: boolean;
  /** Whether it may come without anybody asking: not where it has failed, nor while many others are being updated. */
  mayBegin: boolean;
}

/** Everything that decisions about one Session follow from, besides the Session itself. */
export interface Observed {
  /** The Session's services that aren't gone, the serving one first. */
  services: ObservedService[];
  /** The service or its container isn't seen any more, and Rancher could not be asked about it: all stays as it is known until it can. */
  inDoubt?: boolean;
  /** This process has not seen its container run: what has ended may have ended with the machine, rather than by itself. */
  neverSeenRunning?: boolean;
  /** Whether the running container answers; undefined: not asked yet in this run of it. */
  reach?: ProbeResult;
  /** Whether requests through Traefik come to the container (ok) or elsewhere; undefined: not asked since the route last changed. */
  routed?: RouteSeen;
  /** What the last call ran into. */
  trouble?: Trouble;
  /** It is to be started, and waits for its turn. */
  queued?: boolean;
  /** Why its start is given up, in a sentence. */
  late?: string | undefined;
  /** What its template has by now; undefined where that is the same. */
  newVersion?: NewVersion | undefined;
  /** For how long Rancher has been at its update, in ms, as far as this process has seen; `held`: it waits, as Rancher could not be asked. */
  update?: { forMs: number; held: boolean };
  /** What its idleness means for it; undefined where nobody watches that. */
  idle?: Idle;
}

/** States in which a service is on its way out (recording 07-02); it still holds its name. */
const LEAVING = new Set(['removing', 'removed', 'purging', 'purged']);

export const isLeaving = (service: Pick<ObservedService, 'state'>): boolean => LEAVING.has(service.state);

/** States in which Rancher takes the action: one that can't start can be stopped (recordings 02-02, 07-15b, 04-08b). */
export const CAN_DEACTIVATE = new Set(['registering', 'activating', 'active', 'updating-active']);

/** Rancher tries again and again to start what it can't: something else that is wanted by now may do better. */
export const cannotStart = ({ state, transitioning }: Pick<ObservedService, 'state' | 'transitioning'>): boolean =>
  CAN_DEACTIVATE.has(state) && transitioning === 'error';

/** States in which a service's containers serve no more, though one may run a moment longer, or was seen running last. */
const NOT_SERVING = new Set([...LEAVING, 'deactivating', 'inactive']);

/** The container that serves: Rancher says `active` of a service without one, and `healthy` before there is one. */
export function runningContainer(service: ObservedService | undefined): (ObservedContainer & { ip: string }) | undefined {
  if (!service || NOT_SERVING.has(service.state)) return undefined;
  return service.containers.find(
    (container): container is ObservedContainer & { ip: string } =>
      container.state === 'running' && container.ip !== undefined && !isReplaced(container, service),
  );
}

/** In an upgrade, what the service launched before still runs for a moment. */
const isReplaced = (container: ObservedContainer, service: ObservedService): boolean =>
  container.launch !== undefined && service.launch !== undefined && container.launch !== service.launch;

export function observeContainer(
  { id, name, state, ip, message, health, launch, startCount }: SeenContainer,
  host: SeenHost | undefined,
): ObservedContainer {
  const lostHost = host && host.state !== 'active' ? { name: host.name, state: host.state } : undefined;
  const run = `${id}/${startCount}/${lostHost?.state ?? 'active'}`;
  return { id, name, state, ip, message, lostHost, launch, ...(health !== undefined && { health }), run };
}

export function observeService(seen: SeenService, containers: ObservedContainer[]): ObservedService {
  const { id, name, state, transitioning, message, startedOnce, launch } = seen;
  return { id, name, state, transitioning, message, startedOnce, launch, containers };
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
