import type { RolloutService, RolloutServicePhase, RolloutSpec } from '@mooring/resources';
import type { Target } from './target.js';

/** What is to be asked of Rancher for a service. */
export type ActName = 'upgrade' | 'finishupgrade' | 'rollback';

/** Where a service is next, and what is to be done for that. */
export interface Move {
  to: RolloutServicePhase;
  message: string;
  act?: ActName;
  taken?: boolean;
}

export interface Situation {
  spec: RolloutSpec;
  progress: RolloutService;
  /** As last seen; undefined where Rancher has none of it. */
  target: Target | undefined;
  /** Milliseconds since the epoch. */
  now: number;
  /** Why Rancher refuses the upgrade for good, where it does. */
  refused?: string | undefined;
}

/** A rollback starts containers that ran before; one that takes longer than this, in ms, is left to people. */
const ROLLBACK_MS = 300_000;

/** Rancher retries what can't be started, with the same launch configuration: an upgrade is the cure. */
const isStuck = ({ state, transitioning }: Target): boolean =>
  ['activating', 'updating-active'].includes(state) && transitioning === 'error';

/** Whether a service is in a state in which it may be upgraded; in any other it is waited for. */
export const isUpgradable = (target: Target): boolean => target.state === 'active' || isStuck(target);

/** The next move of a service that was begun; undefined: it is waited for. Pure. */
export function advance(situation: Situation): Move | undefined {
  const { progress, target } = situation;
  if (!target || target.gone) return { to: 'Skipped', message: 'It was removed at Rancher.' };
  if (progress.phase === 'Finishing') return finishing(situation, target);
  if (progress.phase === 'RollingBack') return rollingBack(situation, target);
  if (target.revision === progress.revision) return progress.taken ? wasRolledBack() : notTaken(situation, target);
  if (!target.images.includes(situation.spec.image))
    return { to: 'Waiting', message: 'Somebody else has upgraded it meanwhile: it is looked at again.' };
  return taken(situation, target);
}

/** By when a phase must be over, in ms. */
export const deadlineOf = ({ phase, since }: RolloutService, { timeoutSeconds }: RolloutSpec): number =>
  Date.parse(since) + (phase === 'RollingBack' ? Math.max(ROLLBACK_MS, timeoutSeconds * 1000) : timeoutSeconds * 1000);

const isLate = ({ progress, spec, now }: Situation): boolean => now >= deadlineOf(progress, spec);
const saying = ({ message }: Target): string => (message ? ` Rancher says: ${message}` : '');
const wasRolledBack = (): Move => ({ to: 'RolledBack', message: 'Somebody has rolled it back at Rancher.' });

/** A crash may have come before the upgrade was asked for, or its answer may have been lost: it is asked for again. */
function notTaken(situation: Situation, target: Target): Move | undefined {
  const { spec, refused } = situation;
  if (refused !== undefined) return { to: 'Failed', message: refused };
  if (spec.canceled) return { to: 'Skipped', message: 'The rollout was canceled before its upgrade began.' };
  if (isLate(situation))
    return { to: 'Failed', message: `Its upgrade could not be begun within ${spec.timeoutSeconds} s.${saying(target)}` };
  return isUpgradable(target) ? { to: 'Upgrading', message: situation.progress.message, act: 'upgrade' } : undefined;
}

function taken(situation: Situation, target: Target): Move | undefined {
  const { spec } = situation;
  const message = situation.progress.message;
  switch (target.state) {
    case 'upgrading':
      if (spec.canceled) return backOut('The rollout was canceled.');
      return isLate(situation) ? failed(spec, lateness(spec, target)) : { to: 'Upgrading', message, taken: true };
    case 'upgraded':
      return spec.canceled ? backOut('The rollout was canceled.') : upgraded(situation, target);
    case 'active':
      return { to: 'Upgraded', message: `It runs ${spec.image}.`, taken: true };
    case 'finishing-upgrade':
      return { to: 'Finishing', message: 'Its upgrade is being finished.', taken: true };
    case 'canceled-upgrade':
      return failed(spec, 'Its upgrade was canceled at Rancher.');
    case 'rolling-back':
      return { to: 'RollingBack', message: 'Somebody rolls it back at Rancher.', taken: true };
    default:
      return isLate(situation) ? failed(spec, lateness(spec, target)) : undefined;
  }
}

const lateness = (spec: RolloutSpec, target: Target): string =>
  `It was not upgraded within ${spec.timeoutSeconds} s (its state is ${target.state}).${saying(target)}`;

/** `initializing` and `degraded` are on their way to something. */
const IS_WELL: ReadonlySet<string | undefined> = new Set([undefined, 'healthy', 'started-once']);

function upgraded(situation: Situation, target: Target): Move | undefined {
  const { spec } = situation;
  if (target.health === 'unhealthy') return failed(spec, `Its new container is unhealthy.${saying(target)}`);
  if (IS_WELL.has(target.health)) return confirmed(spec);
  return isLate(situation) ? failed(spec, `Its new container was ${target.health} after ${spec.timeoutSeconds} s.`) : undefined;
}

function confirmed({ confirm, image }: RolloutSpec): Move {
  if (confirm) return { to: 'Finishing', message: 'Its upgrade is being finished.', act: 'finishupgrade', taken: true };
  return { to: 'Upgraded', message: `It runs ${image}; finish or roll back its upgrade at Rancher.`, taken: true };
}

const failed = ({ onFailure }: RolloutSpec, why: string): Move =>
  onFailure === 'rollback' ? backOut(why) : { to: 'Held', message: `${why} It is left as it is.`, taken: true };

const backOut = (why: string): Move => ({ to: 'RollingBack', message: why, act: 'rollback', taken: true });

function finishing(situation: Situation, target: Target): Move | undefined {
  const { spec, progress } = situation;
  if (target.state === 'active') return { to: 'Upgraded', message: `It runs ${spec.image}.` };
  if (target.state === 'canceled-upgrade')
    return { to: 'Held', message: 'Its upgrade was canceled at Rancher while it was being finished.' };
  if (isLate(situation))
    return { to: 'Held', message: `Its upgrade could not be finished within ${spec.timeoutSeconds} s.${saying(target)}` };
  return target.state === 'upgraded' ? { to: 'Finishing', message: progress.message, act: 'finishupgrade' } : undefined;
}

const CAN_ROLL_BACK: ReadonlySet<string> = new Set(['upgrading', 'upgraded', 'canceled-upgrade']);

function rollingBack(situation: Situation, target: Target): Move | undefined {
  const { progress } = situation;
  if (target.state === 'active') {
    const back = target.revision === progress.revision;
    if (back) return { to: 'RolledBack', message: progress.message };
    return { to: 'Held', message: `${progress.message} It could not be rolled back: its upgrade was finished meanwhile.` };
  }
  if (isLate(situation)) return { to: 'Held', message: `${progress.message} It could not be rolled back in time.${saying(target)}` };
  return CAN_ROLL_BACK.has(target.state) ? { to: 'RollingBack', message: progress.message, act: 'rollback' } : undefined;
}
