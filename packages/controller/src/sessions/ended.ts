import { getCondition, type IdlePolicy, POOL_LABEL, type Session } from '@mooring/resources';
import { wantedAt } from '../activity/idleness.js';
import type { ObservedContainer, ObservedService } from './observed.js';

/** The reason of the condition ContainerRunning of a session whose container has ended by itself. */
export const ENDED = 'Ended';

/**
 * The container of a session that has answered and has ended by itself: Rancher leaves it so (`started-once`). One that ends before it ever
 * answered isn't meant: it is started again.
 */
export function endedContainer({ status }: Session, service: ObservedService | undefined): ObservedContainer | undefined {
  if (service?.state !== 'active' || !service.startedOnce || !hasAnswered(status)) return undefined;
  return service.containers.find(({ state }) => state === 'stopped');
}

/** People may be led to it as soon as it is reachable, a moment before its route is confirmed and it is ready. */
function hasAnswered({ phase, conditions }: Session['status']): boolean {
  if (phase === 'Ready' || getCondition(conditions, 'ContainerRunning')?.reason === ENDED) return true;
  return getCondition(conditions, 'Reachable')?.status === 'True';
}

/**
 * The container of a session that is to do its work once, and has. That Rancher calls the service `started-once` may be told a moment later:
 * whatever is stopped of it stays so.
 */
export function finishedContainer({ spec }: Session, service: ObservedService | undefined): ObservedContainer | undefined {
  if (spec.restartPolicy !== 'Never' || service?.state !== 'active') return undefined;
  return service.containers.find(({ state }) => state === 'stopped');
}

/**
 * What becomes of a session whose container has ended by itself: `Remove` deletes it; else it counts as stopped where its policy stops idle
 * ones, unless somebody has come since; undefined: its container is started again.
 */
export function endingOf(session: Session, service: ObservedService): IdlePolicy['action'] | undefined {
  const policy = session.spec.idlePolicy;
  if (!policy || session.metadata.labels[POOL_LABEL] !== undefined || !endedContainer(session, service)) return undefined;
  const running = getCondition(session.status.conditions, 'ContainerRunning');
  const endedAt = running?.reason === ENDED ? Date.parse(running.lastTransitionTime) : Number.POSITIVE_INFINITY;
  if ((wantedAt(session) ?? 0) > endedAt) return undefined;
  if (policy.startedOnce === 'Remove') return 'Delete';
  return policy.action === 'Stop' ? 'Stop' : undefined;
}
