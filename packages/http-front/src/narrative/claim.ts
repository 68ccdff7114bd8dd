import { isDeepStrictEqual } from 'node:util';
import {
  CLAIMED_AS_ANNOTATION,
  CLAIMED_FROM_ANNOTATION,
  ConflictError,
  type Draft,
  NotFoundError,
  POOL_LABEL,
  type Session,
} from '@mooring/resources';
import type { FrontOptions } from '../options.js';
import { type Wisher, wishAnnotations } from './wisher.js';

type Deps = Pick<FrontOptions, 'store' | 'sessions'>;

/** Others claim at the same time; with as many lost races in a row, a new session is as quick. */
const TRIES = 5;

/** Of those that wait: ready, and what a new session would be: of another version, nobody gets one. */
function claimable({ metadata, spec, status }: Session, wanted: Draft<'Session'>): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status.phase === 'Ready' &&
    spec.launch.image === wanted.spec.launch.image &&
    isDeepStrictEqual(spec.templateRef, wanted.spec.templateRef)
  );
}

/** In random order, so that many who claim at once don't all begin with the same one. */
function candidates(wanted: Draft<'Session'>, { sessions }: Deps): Session[] {
  return sessions
    .labelled(POOL_LABEL)
    .filter((session) => claimable(session, wanted))
    .map((session) => ({ session, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, TRIES)
    .map(({ session }) => session);
}

function claimedBy(wisher: Wisher, warm: Session): Session {
  const { [POOL_LABEL]: pool = '', ...labels } = warm.metadata.labels;
  const claimed = { [CLAIMED_FROM_ANNOTATION]: pool, [CLAIMED_AS_ANNOTATION]: warm.metadata.name };
  const annotations = { ...warm.metadata.annotations, ...claimed, ...wishAnnotations(wisher) };
  return { ...warm, metadata: { ...warm.metadata, labels, annotations }, spec: { ...warm.spec, owner: { name: wisher.user } } };
}

/**
 * Makes a warm session the person's, under their name, in one compare-and-swap: two people never get the same one. undefined where
 * none could be had.
 *
 * @throws AlreadyExistsError where the person has a session by now
 */
export async function claim(wanted: Draft<'Session'>, wisher: Wisher, deps: Deps): Promise<Session | undefined> {
  for (const warm of candidates(wanted, deps)) {
    try {
      return await deps.store.rename('Session', claimedBy(wisher, warm), wanted.metadata.name);
    } catch (error) {
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
    }
  }
  return undefined;
}
