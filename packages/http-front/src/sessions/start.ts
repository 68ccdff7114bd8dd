import { type Condition, getCondition, type Session, WANTED_ANNOTATION } from '@mooring/resources';

/** `created`: a session's first start; `woken`: the start of one that was there before. */
export type StartKind = 'created' | 'woken';

/** The start that is under way, as its conditions tell it. */
export interface Start {
  kind: StartKind;
  /** When it was asked for, or when what was ready broke off; in ms since the epoch. */
  since: number;
}

export const transitionOf = (condition: Condition | undefined): number => Date.parse(condition?.lastTransitionTime ?? '');

/** What was ready and isn't any more: its service is older than that. A first start is not ready before there is a service. */
function brokeOffAt({ status: { conditions } }: Session): number | undefined {
  const [ready, service] = ['Ready', 'ServiceCreated'].map((type) => getCondition(conditions, type));
  if (ready === undefined || ready.status === 'True' || service?.status !== 'True') return undefined;
  return transitionOf(ready) > transitionOf(service) ? transitionOf(ready) : undefined;
}

/** Since when somebody waits for a session, and for what. It means something only while the session is on its way to be ready. */
export function startOf(session: Session): Start {
  const { metadata, status } = session;
  const wanted = Date.parse(metadata.annotations[WANTED_ANNOTATION] ?? '') || 0;
  const since = Math.max(Date.parse(metadata.creationTimestamp), wanted, brokeOffAt(session) ?? 0);
  const service = getCondition(status.conditions, 'ServiceCreated');
  return { since, kind: service?.status === 'True' && transitionOf(service) < since ? 'woken' : 'created' };
}
