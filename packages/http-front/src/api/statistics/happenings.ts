import { type CacheEvent, getCondition, isTrue, POOL_LABEL, type Session, WANTED_ANNOTATION } from '@mooring/resources';
import { isReady } from '../../sessions/status.js';
import type { EndReason } from '../schemas/statistics.js';

/** What the controller says of a container that has ended by itself (its condition ContainerRunning). */
const ENDED = 'Ended';

const isWanted = ({ metadata, spec }: Session): boolean => metadata.deletionTimestamp === undefined && spec.running;
const isWarm = ({ metadata }: Session): boolean => metadata.labels[POOL_LABEL] !== undefined;

/** Why a change ends a session that was wanted before it; undefined where it doesn't, or nobody had claimed it. Pure. */
export function endOf({ type, object, before }: CacheEvent<'Session'>): EndReason | undefined {
  const was = type === 'DELETED' ? object : before;
  if (was === undefined || !isWanted(was) || isWarm(was)) return undefined;
  if (type !== 'DELETED' && isWanted(object)) return undefined;
  if (isTrue(was.status.conditions, 'Marked')) return 'Idle';
  return getCondition(was.status.conditions, 'ContainerRunning')?.reason === ENDED ? 'Ended' : 'Requested';
}

/** From when on somebody waited for a session, in ms: when it was made, or when they came to one that was stopped. */
export const wantedSince = ({ metadata }: Session): number =>
  Math.max(Date.parse(metadata.creationTimestamp), Date.parse(metadata.annotations[WANTED_ANNOTATION] ?? '') || 0);

/** Since when a change has a session ready for the person who waits for it, in ms; undefined where it doesn't. Pure. */
export function readySince({ object, before }: CacheEvent<'Session'>): number | undefined {
  if (before === undefined || !isReady(object) || isReady(before) || isWarm(object)) return undefined;
  const at = Date.parse(getCondition(object.status.conditions, 'Ready')?.lastTransitionTime ?? '');
  return at >= wantedSince(object) ? at : undefined;
}
