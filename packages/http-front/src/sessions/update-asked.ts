import { newVersionOf, type Session, type SessionTemplate } from '@mooring/resources';
import { isLetGo, keptBy } from './kept.js';

/** Whether there is something that a session can be updated to; one that is stopped gets it with its next start. */
export const canBeUpdated = (session: Session, template: SessionTemplate | undefined): boolean =>
  versionFor(session, template) !== undefined;

const versionFor = (session: Session, template: SessionTemplate | undefined) =>
  session.metadata.deletionTimestamp === undefined && session.spec.running ? newVersionOf(session, template) : undefined;

/**
 * What somebody's wish makes of a session that runs and whose template has a new version: it is updated to that now, whether or not it is
 * used, and a mark as idle goes. undefined where there is nothing to write, as it is on its way already, too.
 *
 * @param now in ms since the epoch
 */
export function updateAsked(session: Session, template: SessionTemplate | undefined, now: number): Session | undefined {
  const version = versionFor(session, template);
  if (!version || session.spec.update?.by === 'Asked') return undefined;
  const kept = isLetGo(session) ? (keptBy(session, template, now) ?? session) : session;
  return { ...kept, spec: { ...kept.spec, update: { by: 'Asked', ...version } } };
}
