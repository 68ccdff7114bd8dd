import type { IdlePolicy, Session } from '@mooring/resources';
import { isRouteGone, type NewVersion, type Observed, type ObservedContainer, type ObservedService } from './observed.js';

/** The one next thing to do for a Session. */
export type Step =
  | { type: 'create' }
  | { type: 'activate'; service: ObservedService }
  | { type: 'deactivate'; service: ObservedService }
  | { type: 'startContainer'; container: ObservedContainer }
  | { type: 'remove'; service: ObservedService }
  /** The Session has another name than its service, since it was claimed. */
  | { type: 'rename'; service: ObservedService }
  /** Ask the container whether it answers. */
  | { type: 'probe'; container: ObservedContainer & { ip: string } }
  /** Ask Traefik whether the route is live (`live`) or gone. */
  | { type: 'confirmRoute'; live: boolean }
  /** Nobody uses it and its route is gone: every source is asked for the last time. */
  | { type: 'askSources' }
  /** Nobody uses it, or its container has ended by itself: it is recorded as stopped, or deleted. */
  | { type: 'end'; action: IdlePolicy['action']; reason: 'Idle' | 'Ended' }
  /** It did not come up: it is recorded as stopped, with why. */
  | { type: 'giveUp'; because: string }
  /** Nobody uses it, and its template has a new version: that is recorded as its update. */
  | { type: 'beginUpdate'; version: NewVersion }
  /** What runs is replaced by what it is updated to. */
  | { type: 'upgrade'; service: ObservedService }
  /** It has become what it was to be updated to. */
  | { type: 'takeUpdate' }
  /** Somebody is seen after all: it stays what it is. */
  | { type: 'dropUpdate' }
  /** It did not come up with its update, and becomes what it was. */
  | { type: 'giveUpUpdate'; why: string }
  /** What was replaced goes. */
  | { type: 'finishUpgrade'; service: ObservedService }
  /** What the Session launches was to replace it, and was canceled: it goes on. */
  | { type: 'continueUpgrade'; service: ObservedService }
  /** What was to replace it is taken back; what ran before runs again. */
  | { type: 'cancelUpgrade'; service: ObservedService }
  | { type: 'rollback'; service: ObservedService }
  /** Nothing of the Session is left: let the record go. */
  | { type: 'finalize' }
  /** Others start first. */
  | { type: 'queue' }
  /** Rancher is at it. */
  | { type: 'wait'; for: string }
  | { type: 'settled' };

/** Whether a step has Rancher start a container. */
export const isStart = ({ type }: Step): boolean => type === 'create' || type === 'activate' || type === 'startContainer';

/**
 * Nobody's request may meet a dying container: first the route goes, and is seen gone. That no container is seen proves nothing: a list may
 * lack it while requests still reach it.
 */
export function unrouted(session: Session, observed: Observed): Step | undefined {
  const mayBeRouted = session.spec.route.type !== 'none';
  return mayBeRouted && !isRouteGone(observed.routed) ? { type: 'confirmRoute', live: false } : undefined;
}
