import type { Container, Host, Service } from '@mooring/rancher-client';
import { LAUNCH_LABEL, SESSION_LABEL } from './labels.js';
import { quote } from './quote.js';
import { serviceMarkSchema } from './service-mark.js';

interface Seen {
  id: string;
  name: string;
  state: string;
  /** Lists don't show it any more; a GET by its id still does (recording 07-03). */
  gone: boolean;
}

/** A service as far as the loop needs it: a site has thousands, and a whole one takes 4 kB. */
export interface SeenService extends Seen {
  kind: 'service';
  /** The uid of the Session that its label names, or the mark of one that was imported. */
  sessionUid?: string;
  transitioning: string;
  message?: string;
  /** All that it ran has ended by itself, and Rancher leaves it so (recording 11-06). */
  startedOnce: boolean;
  /** What it launches, as its label says. */
  launch?: string;
}

export interface SeenContainer extends Seen {
  kind: 'container';
  sessionUid?: string;
  /** What Rancher says of what it is doing with it, where it says anything. */
  message?: string;
  /** Rancher's primaryIpAddress. */
  ip?: string;
  startCount: number;
  /** Rancher's healthState; undefined where nothing checks it. */
  health?: string;
  /** What it launched, as its label says. */
  launch?: string;
  serviceIds: readonly string[];
  hostId?: string;
}

export interface SeenHost extends Seen {
  kind: 'host';
}

/** What the informer keeps of Rancher. */
export type RancherObject = SeenService | SeenContainer | SeenHost;

export const keyOf = ({ kind, id }: Pick<RancherObject, 'kind' | 'id'>): string => `${kind}/${id}`;

const GONE = new Set(['removed', 'purged']);
const isGone = ({ state, removed }: { state: string; removed: string | null }): boolean => GONE.has(state) || removed !== null;
const optional = <T>(value: T | null | undefined): T | undefined => value ?? undefined;
const labelIn = (labels: Readonly<Record<string, unknown>> | null | undefined, name: string): string | undefined => {
  const value = labels?.[name];
  return typeof value === 'string' ? value : undefined;
};

const markedUidSchema = serviceMarkSchema.pick({ uid: true });

/** An imported service has the label of its maker's, which can't be changed: its mark says whose it is. */
function markedUid(metadata: Readonly<Record<string, unknown>> | null | undefined): string | undefined {
  return metadata?.mooring === undefined ? undefined : markedUidSchema.safeParse(metadata.mooring).data?.uid;
}

export function seeService(service: Service): SeenService {
  return {
    kind: 'service',
    id: service.id,
    name: service.name,
    state: service.state,
    gone: isGone(service),
    sessionUid: labelIn(service.launchConfig?.labels, SESSION_LABEL) ?? markedUid(service.metadata),
    transitioning: service.transitioning ?? 'no',
    message: service.transitioningMessage ? quote(service.transitioningMessage) : undefined,
    startedOnce: service.healthState === 'started-once',
    launch: labelIn(service.launchConfig?.labels, LAUNCH_LABEL),
  };
}

/** `In Progress` is what Rancher says where it has nothing to say (recording 05-12). */
const doing = (message: string | null | undefined): string | undefined =>
  message && message !== 'In Progress' ? quote(message) : undefined;

export function seeContainer(container: Container): SeenContainer {
  return {
    kind: 'container',
    id: container.id,
    name: container.name,
    state: container.state,
    gone: isGone(container),
    sessionUid: labelIn(container.labels, SESSION_LABEL),
    message: container.transitioning === 'yes' ? doing(container.transitioningMessage) : undefined,
    ip: optional(container.primaryIpAddress),
    startCount: container.startCount ?? 0,
    ...(container.healthState != null && { health: container.healthState }),
    launch: labelIn(container.labels, LAUNCH_LABEL),
    serviceIds: container.serviceIds,
    hostId: optional(container.hostId),
  };
}

/** The agent's state goes before the host's own: a host is `active` while its agent is `disconnected`. */
export function seeHost(host: Host): SeenHost {
  return { kind: 'host', id: host.id, name: host.hostname ?? host.name, state: host.agentState ?? host.state, gone: isGone(host) };
}
