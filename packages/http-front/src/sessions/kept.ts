import {
  getCondition,
  reinstantiated,
  type Session,
  type SessionTemplate,
  STOPPED_BECAUSE_ANNOTATION,
  WANTED_ANNOTATION,
} from '@mooring/resources';

/** Since when it is marked as one that nobody uses, in ms since the epoch; undefined where it isn't. */
function markedAt({ status }: Session): number | undefined {
  const marked = getCondition(status.conditions, 'Marked');
  return marked?.status === 'True' ? Date.parse(marked.lastTransitionTime) : undefined;
}

/** Somebody came after it was marked: the controller takes the mark away. */
export function isKept(session: Session): boolean {
  const marked = markedAt(session);
  return marked !== undefined && Date.parse(session.metadata.annotations[WANTED_ANNOTATION] ?? '') > marked;
}

/** It is marked or stopped, and nobody has come since: opening its page keeps it, or wakes it. */
export function isLetGo(session: Session): boolean {
  if (session.metadata.deletionTimestamp !== undefined) return false;
  return !session.spec.running || (markedAt(session) !== undefined && !isKept(session));
}

/**
 * What a navigation of its owner makes of a session: one that is let go is wanted from now on and runs, as its template has it by now if
 * it was stopped. undefined where there is nothing to write.
 *
 * @param now in ms since the epoch; where another clock set the mark, the wish comes after it all the same
 */
export function keptBy(session: Session, template: SessionTemplate | undefined, now: number): Session | undefined {
  if (!isLetGo(session)) return undefined;
  const wantedAt = new Date(Math.max(now, (markedAt(session) ?? 0) + 1)).toISOString();
  const { [STOPPED_BECAUSE_ANNOTATION]: _because, ...before } = session.metadata.annotations;
  const annotations = { ...before, [WANTED_ANNOTATION]: wantedAt };
  const spec = session.spec.running ? session.spec : { ...reinstantiated(session, template), running: true };
  return { ...session, metadata: { ...session.metadata, annotations }, spec };
}
