import { type Session, type SessionPhase, STOPPED_BECAUSE_ANNOTATION } from '@mooring/resources';
import { isKept, isLetGo } from './kept.js';
import type { StartKind } from './start.js';

/** A place among those who wait to be started; 1 is next. */
export interface Queue {
  place: number;
  /** How many wait. */
  of: number;
}

/** What there is to see. `away`: it is being put away, or is gone. */
export type Mood = 'queued' | 'starting' | 'ready' | 'marked' | 'stopped' | 'failed' | 'away';

export interface Saying {
  mood: Mood;
  headline: string;
  /** What comes next, in a sentence. */
  lead: string;
  /** What a click on the way to the notebook is called; empty where none is needed. */
  action: string;
}

const SOON = 'You are taken there as soon as it answers.';
const KEPT: Saying = {
  mood: 'starting',
  headline: 'Your notebook is kept for you',
  lead: 'It was about to be stopped, since nobody seemed to use it. You go back to it in a moment.',
  action: '',
};
const MARKED: Saying = {
  mood: 'marked',
  headline: 'Your notebook is about to be stopped',
  lead: 'Nobody seems to use it. One click keeps it.',
  action: 'Keep it',
};
const READY: Saying = { mood: 'ready', headline: 'Your notebook is ready', lead: 'You are taken there now.', action: '' };
const FAILED: Saying = { mood: 'failed', headline: 'Your notebook could not be started', lead: '', action: '' };
const AWAY: Saying = {
  mood: 'away',
  headline: 'Your last notebook is being put away',
  lead: 'A new one is started as soon as it is gone.',
  action: '',
};

function stopped(phase: SessionPhase): Saying {
  const headline = phase === 'Stopped' ? 'Your notebook is stopped' : 'Your notebook is being stopped';
  return { mood: 'stopped', headline, lead: 'Nobody used it. What you saved in it is still there.', action: 'Open it again' };
}

/** It was stopped again, since it did not come up. */
const didNotStart = (because: string): Saying => ({
  mood: 'stopped',
  headline: 'Your notebook did not start',
  lead: because,
  action: 'Try again',
});

function letGo(session: Session, phase: SessionPhase): Saying {
  if (session.spec.running) return MARKED;
  const because = session.metadata.annotations[STOPPED_BECAUSE_ANNOTATION];
  return because === undefined ? stopped(phase) : didNotStart(because);
}

function queued({ place }: Queue): Saying {
  const before = place === 1 ? 'You are next.' : place === 2 ? 'One start is before yours.' : `${place - 1} starts are before yours.`;
  return {
    mood: 'queued',
    headline: 'Your notebook waits for its turn',
    lead: `${before} You keep your place, also when you close this page.`,
    action: '',
  };
}

function onItsWay(phase: SessionPhase, kind: StartKind): Saying {
  const isWaking = kind === 'woken' || phase === 'Stopping' || phase === 'Stopped';
  const what = isWaking ? 'is waking up' : phase === 'Pending' ? 'is being prepared' : 'is starting';
  return { mood: 'starting', headline: `Your notebook ${what}`, lead: SOON, action: '' };
}

interface Situation {
  phase: SessionPhase;
  kind: StartKind;
  queue: Queue | undefined;
}

const FINAL: Partial<Record<SessionPhase, Saying>> = { Terminating: AWAY, Ready: READY, Failed: FAILED };

/** What a person is told of a session, the steps left out. */
export function sayingOf(session: Session, { phase, kind, queue }: Situation): Saying {
  if (isLetGo(session)) return letGo(session, phase);
  const final = FINAL[phase];
  if (final !== undefined) return final;
  if (isKept(session)) return KEPT;
  return queue === undefined ? onItsWay(phase, kind) : queued(queue);
}
