import { reinstantiated, type Session, type SessionTemplate, WANTED_ANNOTATION } from '@mooring/resources';

/** It is to run, and could not be started. */
const hasFailed = ({ metadata, spec, status }: Session): boolean =>
  metadata.deletionTimestamp === undefined && spec.running && status.phase === 'Failed';

/**
 * What an owner's wish to try again makes of a session that could not be started: the controller looks at it at once, and starts it as its
 * template has it by now. undefined where there is nothing to write.
 *
 * @param now in ms since the epoch
 */
export function retried(session: Session, template: SessionTemplate | undefined, now: number): Session | undefined {
  if (!hasFailed(session)) return undefined;
  const annotations = { ...session.metadata.annotations, [WANTED_ANNOTATION]: new Date(now).toISOString() };
  return { ...session, metadata: { ...session.metadata, annotations }, spec: reinstantiated(session, template) };
}
