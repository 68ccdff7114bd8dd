import { type Condition, isNamedRoute, isTrue, type Session, type SessionPhase } from '@mooring/resources';
import { isLetGo } from './kept.js';
import { type Progress, progressOf } from './progress.js';
import type { Queue } from './saying.js';

/** What an owner is told of a session. It never holds the session's secret. */
export interface SessionView {
  name: string;
  phase: SessionPhase;
  conditions: Condition[];
  /** The path to open, on the origin that was asked. */
  url: string;
  /** It is about to be stopped, or is stopped, since nobody used it; opening `url` keeps it. */
  letGo: boolean;
  /** Its place among those who wait to be started; missing where it waits for nobody. */
  queue?: Queue;
  /** The same for people, step by step. */
  progress: Progress;
}

/** Ready, by a status that speaks of the newest spec (not of the one before it was woken). */
export function isReady({ metadata, spec, status }: Session): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    spec.running &&
    status.phase === 'Ready' &&
    isTrue(status.conditions, 'Ready') &&
    (status.observedGeneration ?? 0) >= metadata.generation
  );
}

/** The phase as its owner should see it: `Ready` only where `isReady`. */
export function phaseOf(session: Session): SessionPhase {
  if (session.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (session.status.phase !== 'Ready' || isReady(session)) return session.status.phase;
  return 'Starting';
}

/** The path of a session's first page. */
export function homeOf(session: Session): string {
  const { route } = session.spec;
  if (route.type === 'path') return `${route.path}/`;
  return route.type === 'cookie' ? route.pathPrefix : '/';
}

const renamed = (text: string): string => text.replaceAll('notebook', 'application');

/** What is asked for by its name need not be a notebook. */
const aboutApplication = (progress: Progress): Progress => ({
  ...progress,
  headline: renamed(progress.headline),
  lead: renamed(progress.lead),
});

/**
 * @param url the page that was asked for; a session's first page where none was
 * @param queue its place among those who wait to be started
 */
export function viewOf(session: Session, url: string = homeOf(session), queue?: Queue): SessionView {
  const phase = phaseOf(session);
  const progress = progressOf(session, phase, queue);
  return {
    name: session.metadata.name,
    phase,
    conditions: session.status.conditions,
    url,
    letGo: isLetGo(session),
    ...(queue && { queue }),
    progress: isNamedRoute(session.spec.route) ? aboutApplication(progress) : progress,
  };
}
