import type { Session } from '@mooring/resources';
import { endingOf, finishedContainer } from './ended.js';
import { launchHash } from './launch-hash.js';
import {
  CAN_DEACTIVATE,
  cannotStart,
  isLeaving,
  type Observed,
  type ObservedContainer,
  type ObservedService,
  runningContainer,
} from './observed.js';
import { type Step, unrouted } from './step.js';
import { isBeingReplaced, planBack, planFinish, planUpdate } from './update.js';

/**
 * Whether Traefik should send the Session's requests to its container: only while the container answers, and no more from the
 * moment when somebody wants it stopped, or nobody has used it and its grace is over.
 */
export function wantsRoute(session: Session, observed: Observed): boolean {
  if (session.spec.route.type === 'none' || session.metadata.deletionTimestamp || !session.spec.running || isLeft(observed)) return false;
  if (isBeingReplaced(session, observed)) return false;
  const container = runningContainer(observed.services[0]);
  if (!container) return false;
  return observed.reach?.ok ?? wasReachable(session, container);
}

/** Whether nobody has used it for so long that it ends now. */
export const isDue = ({ idle }: Observed): boolean => idle?.fate.type === 'due';

/** Whether it ends now, since nobody uses it, or since it did not come up. */
export const isLeft = (observed: Observed): boolean => isDue(observed) || observed.late !== undefined;

/** Before the first probe after a restart of ours, what was known of this very container still holds, and so does what nobody could tell. */
export function wasReachable(session: Session, container: ObservedContainer): boolean {
  const { status } = session;
  const reachable = status.conditions.some(({ type, status: value }) => type === 'Reachable' && value !== 'False');
  return reachable && status.container?.id === container.id && status.address?.ip === container.ip;
}

/** What to do next for a Session, given what is there. Pure: the same answer for the same arguments. */
export function plan(session: Session, observed: Observed): Step {
  if (session.metadata.deletionTimestamp) return planRemoval(session, observed);
  const [service] = observed.services;
  if (session.spec.running) return planRunning(session, observed, service);
  return planDouble(observed, () => unrouted(session, observed)) ?? planStopped(session, observed, service);
}

/** One service is enough: what is there besides goes, once nobody's requests can reach it any more. */
function planDouble({ services: [, ...rest] }: Observed, first: () => Step | undefined = () => undefined): Step | undefined {
  const double = rest.find((other) => !isLeaving(other));
  return double && (first() ?? { type: 'remove', service: double });
}

function planRemoval(session: Session, observed: Observed): Step {
  const [service] = observed.services;
  if (!service) return { type: 'finalize' };
  if (isLeaving(service)) return { type: 'wait', for: `service ${service.name} to be removed` };
  return unrouted(session, observed) ?? { type: 'remove', service };
}

function planStopped(session: Session, observed: Observed, service: ObservedService | undefined): Step {
  if (!service || service.state === 'inactive') return { type: 'settled' };
  const through = planBack(session, observed, service) ?? planFinish(session, service);
  if (through) return through;
  if (!CAN_DEACTIVATE.has(service.state)) return { type: 'wait', for: `service ${service.name} to leave the state ${service.state}` };
  return unrouted(session, observed) ?? { type: 'deactivate', service };
}

function planRunning(session: Session, observed: Observed, service: ObservedService | undefined): Step {
  if (!service) return { type: 'create' };
  const update = planUpdate(session, observed);
  if (update) return update;
  if (observed.late !== undefined) return unrouted(session, observed) ?? { type: 'giveUp', because: observed.late };
  const container = runningContainer(service);
  if (container)
    return (
      planEnd(session, observed) ??
      planServing(session, observed, container) ??
      planDouble(observed) ??
      planFinish(session, service) ??
      planName(session, service) ??
      planNewVersion(observed, service)
    );
  return planDouble(observed) ?? planStart(session, observed, service);
}

/** What is missing until the service runs a container. */
function planStart(session: Session, observed: Observed, service: ObservedService): Step {
  if (isLeaving(service)) return { type: 'wait', for: `service ${service.name} to be removed` };
  const finish = planFinish(session, service);
  if (finish) return finish;
  // What runs is never replaced; but what has to be started anyway is started as it is wanted now.
  if (service.state === 'inactive') return isOutdated(session, service) ? { type: 'remove', service } : { type: 'activate', service };
  if (cannotStart(service) && isOutdated(session, service)) return { type: 'deactivate', service };
  if (finishedContainer(session, service)) return { type: 'settled' };
  const stopped = service.containers.find(({ state }) => state === 'stopped');
  if (service.state === 'active' && stopped) return planStoppedContainer(session, observed, { service, container: stopped });
  return { type: 'wait', for: `service ${service.name} (${service.state}) to run a container` };
}

/** Whether a service launches something else than its Session asks for by now. One without the label can't be told. */
const isOutdated = ({ spec }: Session, { launch }: ObservedService): boolean => launch !== undefined && launch !== launchHash(spec.launch);

/** Whoever was told that it is there finds it again after a crash of everything: only an end that was seen counts as a stop. */
function planStoppedContainer(
  session: Session,
  { neverSeenRunning }: Observed,
  { service, container }: { service: ObservedService; container: ObservedContainer },
): Step {
  const action = endingOf(session, service);
  const isStart = !action || (action === 'Stop' && neverSeenRunning);
  return isStart ? { type: 'startContainer', container } : { type: 'end', action, reason: 'Ended' };
}

/** The end of what nobody uses: nobody is led to it any more, then everybody who could know is asked once more. */
function planEnd(session: Session, observed: Observed): Step | undefined {
  const { idle } = observed;
  if (idle?.fate.type !== 'due') return undefined;
  return unrouted(session, observed) ?? (idle.asked ? { type: 'end', action: idle.fate.action, reason: 'Idle' } : { type: 'askSources' });
}

/** What is missing until people reach the container; nothing where they do. */
function planServing(session: Session, observed: Observed, container: ObservedContainer & { ip: string }): Step | undefined {
  if (session.spec.route.type === 'none') return undefined;
  if (!observed.reach?.ok) return { type: 'probe', container };
  return observed.routed?.ok ? undefined : { type: 'confirmRoute', live: true };
}

/** Whoever claimed the Session works in it already: the name at Rancher follows, in a state in which Rancher takes it (recording 07-15: 409). */
function planName(session: Session, service: ObservedService): Step | undefined {
  if (service.name === session.metadata.name) return undefined;
  return service.state === 'active' ? { type: 'rename', service } : { type: 'wait', for: `service ${service.name} to take another name` };
}

/** A new version comes to what runs only when the idle detector has seen nobody for long enough, and has not marked it: that ends soon. */
function planNewVersion({ newVersion, idle }: Observed, service: ObservedService): Step {
  const mayBegin = newVersion?.mayBegin && idle?.isQuiet && idle.fate.type === 'stays' && service.state === 'active';
  return mayBegin ? { type: 'beginUpdate', version: newVersion } : { type: 'settled' };
}
