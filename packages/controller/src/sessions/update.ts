import type { Session } from '@mooring/resources';
import { launchHash } from './launch-hash.js';
import { cannotStart, isLeaving, type Observed, type ObservedService, runningContainer } from './observed.js';
import { type Step, unrouted } from './step.js';

/** In ms: an image may have to be fetched first; what Rancher says that it can't start has less. */
const PATIENCE_MS = { starting: 300_000, failing: 30_000 };

const UPGRADE_STATES = new Set(['upgrading', 'upgraded', 'canceling-upgrade', 'canceled-upgrade', 'finishing-upgrade', 'rolling-back']);

/** Whether Rancher is at an upgrade of the service, or waits for what is to become of it. */
export const isInUpgrade = ({ state }: Pick<ObservedService, 'state'>): boolean => UPGRADE_STATES.has(state);

/** Whether the service is upgraded to something that its Session does not launch: it goes back to what it was. */
const isLeftOver = ({ spec }: Session, service: ObservedService): boolean =>
  isInUpgrade(service) && service.launch !== undefined && service.launch !== launchHash(spec.launch);

/** Whether its container is being replaced, or what replaced it is being taken back: nobody is led there. Pure. */
export function isBeingReplaced(session: Session, { services: [service], update }: Pick<Observed, 'services' | 'update'>): boolean {
  if (session.spec.update) return update?.held !== true;
  return service !== undefined && isLeftOver(session, service);
}

/**
 * What to do next for the update of a Session that is to run; undefined where that has nothing to do with what comes next. Rancher keeps the
 * container that is replaced until the new one has answered, and starts it again where it doesn't. Pure.
 */
export function planUpdate(session: Session, observed: Observed): Step | undefined {
  const [service] = observed.services;
  const { update } = session.spec;
  if (!service || isLeaving(service)) return undefined;
  if (!update) return planBack(session, observed, service);
  const wanted = launchHash(update.launch);
  if (service.launch === wanted) return planTaken(session, observed, { service, wanted });
  // Nothing runs that would have to be kept for a way back.
  if (service.state === 'inactive' || (cannotStart(service) && !runningContainer(service))) return { type: 'takeUpdate' };
  return planNotTaken(session, observed, service);
}

/** What isn't wanted any more, or did not come up, goes back at Rancher to what ran before. */
export function planBack(session: Session, observed: Observed, service: ObservedService): Step | undefined {
  if (!isLeftOver(session, service)) return undefined;
  switch (service.state) {
    case 'upgrading':
      return unrouted(session, observed) ?? { type: 'cancelUpgrade', service };
    case 'upgraded':
    case 'canceled-upgrade':
      return unrouted(session, observed) ?? { type: 'rollback', service };
    default:
      return waitFor(service);
  }
}

/**
 * What the Session launches runs, and Rancher still keeps what ran before: it may go. An upgrade that somebody canceled after that was
 * recorded would stay so for ever, and can't be stopped either: it goes on (recordings 04-32).
 */
export function planFinish({ spec }: Session, service: ObservedService): Step | undefined {
  if (service.launch !== launchHash(spec.launch)) return undefined;
  if (service.state === 'canceled-upgrade') return replacesNothing(service) ? { type: 'continueUpgrade', service } : undefined;
  return service.state === 'upgraded' ? { type: 'finishUpgrade', service } : undefined;
}

/** Whether no container of another launch runs, which would be replaced. */
const replacesNothing = ({ containers, launch }: ObservedService): boolean =>
  containers.every((container) => container.state !== 'running' || container.launch === launch);

const waitFor = ({ name, state }: ObservedService): Step => ({
  type: 'wait',
  for: `service ${name} (${state}) to be through with its upgrade`,
});

/** Rancher hasn't begun: what runs, runs on until nobody is led to it any more, and nobody is seen using it. */
function planNotTaken(session: Session, observed: Observed, service: ObservedService): Step | undefined {
  if (isInUpgrade(service)) return planBack(session, observed, service) ?? planFinish(session, service) ?? waitOrGiveUp(service);
  if (!runningContainer(service) || observed.update?.held) return undefined;
  if (service.state !== 'active') return waitFor(service);
  const { trouble } = observed;
  if (trouble?.refused && !isElsewhere(trouble)) return { type: 'giveUpUpdate', why: trouble.message };
  return planBegin(session, observed, service);
}

const waitOrGiveUp = (service: ObservedService): Step =>
  service.state === 'canceled-upgrade' ? { type: 'giveUpUpdate', why: 'Another upgrade of it was canceled at Rancher.' } : waitFor(service);

/** The service has moved on, and is looked at again: that is no word on the update. */
export const isElsewhere = ({ reason }: { reason: string }): boolean => reason === 'ActionNotAvailable';

function planBegin(session: Session, observed: Observed, service: ObservedService): Step {
  const { idle } = observed;
  const isAsked = session.spec.update?.by === 'Asked';
  if (!isAsked && (!idle || (idle.verdict && !idle.isQuiet))) return { type: 'dropUpdate' };
  const away = unrouted(session, observed);
  if (away) return away;
  return isAsked || idle?.asked ? { type: 'upgrade', service } : { type: 'askSources' };
}

/** Rancher is at it, or has done it. */
function planTaken(session: Session, observed: Observed, { service, wanted }: { service: ObservedService; wanted: string }): Step {
  if (service.state === 'canceled-upgrade') return { type: 'giveUpUpdate', why: 'It was canceled at Rancher.' };
  if (!isInUpgrade(service)) return { type: 'takeUpdate' };
  const container = service.state === 'upgraded' ? runningContainer(service) : undefined;
  if (container?.launch !== wanted) return failure(observed, service) ?? waitFor(service);
  if (session.spec.route.type === 'none' || observed.reach?.ok) return { type: 'takeUpdate' };
  return failure(observed, service) ?? { type: 'probe', container };
}

/** Only what is under way can be late; what Rancher finishes or takes back has been decided. */
function failure({ update, reach }: Observed, service: ObservedService): Step | undefined {
  if (service.state !== 'upgrading' && service.state !== 'upgraded') return undefined;
  const isFailing = service.transitioning === 'error';
  if ((update?.forMs ?? 0) < PATIENCE_MS[isFailing ? 'failing' : 'starting']) return undefined;
  const said = isFailing
    ? `Rancher says: ${service.message ?? 'error'}`
    : `its container does not answer${reach ? `: ${reach.detail}` : ''}`;
  return { type: 'giveUpUpdate', why: `It did not come up: ${said}.` };
}
