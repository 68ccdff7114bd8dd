import { getCondition } from './conditions.js';
import type { Session } from './session.js';
import { POOL_LABEL, WANTED_ANNOTATION } from './well-known.js';

/** The reason of the condition Ready of a Session that waits for its turn, since as many start at this moment as may at once. */
export const QUEUED = 'Queued';

/** Where somebody stands in the line of those that are to start. */
export interface Turn {
  uid: string;
  /** Nobody has asked for it yet: it waits in a pool for somebody to claim it. */
  isWarm: boolean;
  /** Since when it is wanted, in ms since the epoch. */
  wantedAt: number;
}

/** A Session's turn: from when it was created, or woken. */
export function turnOf({ metadata }: Session): Turn {
  const { uid, labels, annotations, creationTimestamp } = metadata;
  const wokenAt = Date.parse(annotations[WANTED_ANNOTATION] ?? '') || 0;
  return { uid, isWarm: labels[POOL_LABEL] !== undefined, wantedAt: Math.max(Date.parse(creationTimestamp), wokenAt) };
}

/** What people wait for comes before what is kept warm; then who was wanted first. A total order, the same for whoever computes it. */
export function byTurn(a: Turn, b: Turn): number {
  return Number(a.isWarm) - Number(b.isWarm) || a.wantedAt - b.wantedAt || (a.uid < b.uid ? -1 : Number(a.uid > b.uid));
}

/** Whether a Session waits for its turn, as the controller has recorded it. */
export function isQueued({ metadata, spec, status }: Session): boolean {
  return spec.running && metadata.deletionTimestamp === undefined && getCondition(status.conditions, 'Ready')?.reason === QUEUED;
}
