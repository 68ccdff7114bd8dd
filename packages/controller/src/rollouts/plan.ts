import {
  isEnd,
  judgeImages,
  type Rollout,
  type RolloutService,
  type RolloutServicePhase,
  type RolloutStatus,
  setCondition,
} from '@mooring/resources';
import { type ActName, advance, isUpgradable } from './advance.js';
import { environmentRank, isSelected, judgeTarget } from './select.js';
import { type Target, targetKey } from './target.js';

/** What is known when a Rollout is planned. */
export interface RolloutObserved {
  /** The services of all environments that were listed, by `Target.key`. */
  targets: ReadonlyMap<string, Target>;
  /** The ids of environments that were listed whole; of the others nothing is concluded. */
  listed: ReadonlySet<string>;
  /** Whether every environment that the selector matches was listed. */
  complete: boolean;
  stackName: (target: Target) => string | undefined;
  /** Rollouts that were made later. */
  newer: readonly Rollout[];
  /** Services that another Rollout is at, by key: its name. */
  busy: ReadonlyMap<string, string>;
  /** Why Rancher refuses an upgrade for good, by key. */
  refused: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  now: number;
}

export interface Act {
  do: ActName;
  service: RolloutService;
}

/** The next step: what is to be recorded, and what is to be done once it is. */
export interface RolloutStep {
  status: RolloutStatus;
  acts: Act[];
}

interface Course {
  rollout: Rollout;
  observed: RolloutObserved;
  services: RolloutService[];
  acts: Act[];
}

/** Decides what comes next for a Rollout, from what is recorded and what was seen. Pure. */
export function plan(rollout: Rollout, observed: RolloutObserved): RolloutStep {
  const services = [...rollout.status.services, ...found(rollout, observed)];
  const course: Course = { rollout, observed, services, acts: [] };
  course.services = services.map((progress) => step(progress, course));
  begin(course);
  return { status: statusOf(course), acts: course.acts };
}

const keyOf = ({ environment, id }: RolloutService): string => targetKey(environment, id);
const stamp = ({ now }: RolloutObserved): string => new Date(now).toISOString();

/** Services that the Rollout is for and that it doesn't know yet, in the order of environments and names. */
function found({ spec, status }: Rollout, observed: RolloutObserved): RolloutService[] {
  const known = new Set(status.services.map(keyOf));
  const rank = ({ environment }: RolloutService): number => environmentRank(spec, environment.name) ?? 0;
  const added = [...observed.targets.values()].flatMap((target) => {
    if (known.has(target.key) || spec.canceled || !isSelected(spec, target, observed.stackName(target))) return [];
    const judged = judgeTarget(spec.image, target);
    if (!judged) return [];
    const { environment, id, name } = target;
    const phase: RolloutServicePhase = judged.unchanged === undefined ? 'Waiting' : 'Unchanged';
    return [{ environment, id, name, from: judged.from, phase, message: judged.unchanged ?? '', taken: false, since: stamp(observed) }];
  });
  return added.sort((a, b) => rank(a) - rank(b) || a.environment.name.localeCompare(b.environment.name) || a.name.localeCompare(b.name));
}

const moved = (
  progress: RolloutService,
  { to, message, taken }: { to: RolloutServicePhase; message: string; taken?: boolean },
  observed: RolloutObserved,
): RolloutService => ({
  ...progress,
  phase: to,
  message: message.slice(0, 1000),
  taken: taken ?? progress.taken,
  since: to === progress.phase ? progress.since : stamp(observed),
});

function step(progress: RolloutService, course: Course): RolloutService {
  const { rollout, observed, acts } = course;
  // What isn't listed yet would look like what isn't there.
  if (isEnd(progress.phase) || !observed.listed.has(progress.environment.id)) return progress;
  const target = observed.targets.get(keyOf(progress));
  if (progress.phase === 'Waiting') return waiting(progress, target, course);
  const refused = observed.refused.get(keyOf(progress));
  const move = advance({ spec: rollout.spec, progress, target, now: observed.now, refused });
  if (!move) return progress;
  const next = moved(progress, move, observed);
  if (move.act) acts.push({ do: move.act, service: next });
  return next;
}

function waiting(progress: RolloutService, target: Target | undefined, { rollout, observed }: Course): RolloutService {
  const end = endOfWait(target, rollout, observed);
  if (end) return moved(progress, end, observed);
  return moved(progress, { to: 'Waiting', message: whatFor(target as Target, observed) }, observed);
}

/** Why nothing is to be begun with a service that waits; undefined where it waits on. */
function endOfWait(
  target: Target | undefined,
  { spec }: Rollout,
  observed: RolloutObserved,
): { to: RolloutServicePhase; message: string } | undefined {
  if (spec.canceled) return { to: 'Skipped', message: 'The rollout was canceled before its upgrade began.' };
  if (!target || target.gone) return { to: 'Skipped', message: 'It was removed at Rancher.' };
  if (!isSelected(spec, target, observed.stackName(target)))
    return { to: 'Skipped', message: 'Its label or its stack no longer asks for it.' };
  const judged = judgeTarget(spec.image, target);
  if (!judged) return { to: 'Skipped', message: 'It runs another image by now.' };
  if (judged.unchanged !== undefined) return { to: 'Unchanged', message: judged.unchanged };
  const by = supersederOf(target, spec.image, observed);
  return by && { to: 'Skipped', message: `Superseded by ${by.metadata.name}, which brings ${by.spec.image}.` };
}

/** A later Rollout that brings the service further; one of an older version doesn't count. */
function supersederOf(target: Target, image: string, { newer, stackName }: RolloutObserved): Rollout | undefined {
  return newer.find(
    ({ spec }) =>
      !spec.canceled &&
      judgeImages(image, spec.image)?.upgrade === true &&
      isSelected(spec, target, stackName(target)) &&
      judgeTarget(spec.image, target)?.unchanged === undefined,
  );
}

function whatFor(target: Target, { busy }: RolloutObserved): string {
  const other = busy.get(target.key);
  if (other !== undefined) return `Rollout ${other} is at it.`;
  if (isUpgradable(target)) return 'It is not its turn yet.';
  if (/upgrade|^rolling-back$/.test(target.state))
    return `Its state is ${target.state}: that upgrade has to be finished or rolled back at Rancher first.`;
  return `Its state is ${target.state}: it can be upgraded when it is active.`;
}

const IN_FLIGHT: ReadonlySet<RolloutServicePhase> = new Set(['Upgrading', 'Finishing', 'RollingBack']);
export const isInFlight = ({ phase }: Pick<RolloutService, 'phase'>): boolean => IN_FLIGHT.has(phase);

/** Begins as many as may be under way at once. */
function begin(course: Course): void {
  const { rollout, observed, acts } = course;
  let free = rollout.spec.strategy.atOnce - course.services.filter(isInFlight).length;
  const inTurn = turnOf(course);
  course.services = course.services.map((progress) => {
    if (free <= 0 || progress.phase !== 'Waiting' || !inTurn(progress)) return progress;
    const target = observed.targets.get(keyOf(progress));
    if (!target || !isUpgradable(target) || observed.busy.has(target.key)) return progress;
    free -= 1;
    const message = `On its way from ${progress.from.join(', ')} to ${rollout.spec.image}.`;
    const next = { ...moved(progress, { to: 'Upgrading', message, taken: false }, observed), revision: target.revision };
    acts.push({ do: 'upgrade', service: next });
    return next;
  });
}

const HAS_FAILED: ReadonlySet<RolloutServicePhase> = new Set(['Held', 'RolledBack', 'Failed']);
const hasFailed = ({ phase }: RolloutService): boolean => HAS_FAILED.has(phase);

/** Whether a service's environment has its turn; with `InOrder`, what comes after a failed one is given up here. */
function turnOf(course: Course): (progress: RolloutService) => boolean {
  const { rollout, observed } = course;
  if (rollout.spec.strategy.environments === 'Together') return () => true;
  const rankOf = ({ environment }: RolloutService): number => environmentRank(rollout.spec, environment.name) ?? 0;
  const failedAt = Math.min(...course.services.filter(hasFailed).map(rankOf));
  course.services = course.services.map((progress) =>
    progress.phase === 'Waiting' && rankOf(progress) > failedAt
      ? moved(progress, { to: 'Skipped', message: 'An environment before its own has failed.' }, observed)
      : progress,
  );
  // An environment that wasn't listed yet may come before.
  const first = observed.complete ? Math.min(...course.services.filter(({ phase }) => !isEnd(phase)).map(rankOf)) : -1;
  return (progress) => rankOf(progress) === first;
}

function statusOf({ rollout, observed, services }: Course): RolloutStatus {
  const { status, metadata } = rollout;
  const open = services.filter(({ phase }) => !isEnd(phase)).length;
  const finished = observed.complete && open === 0;
  const phase = finished ? endPhase(rollout, services) : 'Progressing';
  const condition = {
    type: 'Complete',
    status: finished ? ('True' as const) : ('False' as const),
    reason: phase,
    message: summaryOf(services, observed.complete),
    observedGeneration: metadata.generation,
  };
  return {
    observedGeneration: metadata.generation,
    phase,
    conditions: setCondition(status.conditions, condition, new Date(observed.now)),
    services,
  };
}

function endPhase({ spec }: Rollout, services: readonly RolloutService[]): RolloutStatus['phase'] {
  if (spec.canceled) return 'Canceled';
  return services.some(hasFailed) ? 'Failed' : 'Complete';
}

/** `3 Upgraded, 1 Held`. */
export function summaryOf(services: readonly RolloutService[], complete = true): string {
  const counts = new Map<string, number>();
  for (const { phase } of services) counts.set(phase, (counts.get(phase) ?? 0) + 1);
  const said = [...counts].map(([phase, count]) => `${count} ${phase}`).join(', ');
  if (!complete) return `${said || 'No service yet'}; not every environment was listed so far.`;
  return said === '' ? 'No service that asks for it uses this image.' : `${said}.`;
}
