import type { Session } from '@mooring/resources';
import type { Rebuilt } from './rebuild.js';

/** Why a service with our label is nobody's. */
export const STRAY_REASONS = ['deleted', 'name-taken', 'unreadable'] as const;
export type StrayReason = (typeof STRAY_REASONS)[number];

export type Decision =
  | { type: 'adopt'; session: Exclude<Rebuilt, { problem: string }> }
  /** The same person asked again before the record was rebuilt: what they have now has nothing at Rancher, and makes room. */
  | { type: 'makeRoom'; holder: Session }
  /** What has the name is on its way out. */
  | { type: 'wait' }
  | { type: 'stray'; reason: StrayReason; message: string };

/** What the store says about a service whose Session it doesn't have. */
export interface Known {
  /** Whether its Session was deleted from this store. */
  deleted: boolean;
  /** Who has the Session's name. */
  holder?: Session | undefined;
}

/**
 * Whether a service without a record gets one again. A Session that was deleted on purpose doesn't come back with a service that a late
 * answer of Rancher's made. Pure.
 */
export function decideAdoption(rebuilt: Rebuilt, { deleted, holder }: Known): Decision {
  if (deleted) return { type: 'stray', reason: 'deleted', message: 'its session was deleted; remove the service' };
  if ('problem' in rebuilt) return { type: 'stray', reason: 'unreadable', message: rebuilt.problem };
  if (!holder) return { type: 'adopt', session: rebuilt };
  if (holder.metadata.deletionTimestamp !== undefined) return { type: 'wait' };
  const isTheirs = holder.spec.owner.name === rebuilt.draft.spec.owner.name;
  if (isTheirs && !holder.status.service) return { type: 'makeRoom', holder };
  const message = `the session ${holder.metadata.name} is another one (uid ${holder.metadata.uid}); remove one of the two`;
  return { type: 'stray', reason: 'name-taken', message };
}
