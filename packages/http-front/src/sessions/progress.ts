import { getCondition, type Session, type SessionPhase } from '@mooring/resources';
import { isKept, isLetGo } from './kept.js';

type StepState = 'done' | 'current' | 'failed' | 'waiting';

export interface Step {
  label: string;
  state: StepState;
  /** A sentence on how it stands; empty where there is nothing to say. */
  message: string;
}

interface Saying {
  headline: string;
  /** What comes next, in a sentence. */
  lead: string;
  /** What a click on the way to the notebook is called; empty where none is needed. */
  action: string;
}

export interface Progress extends Saying {
  /** In the order in which a start passes them. */
  steps: Step[];
}

const STEPS = [
  ['ServiceCreated', 'Service created'],
  ['ContainerRunning', 'Container running'],
  ['Reachable', 'Answering'],
  ['Routed', 'Route live'],
] as const;

const HEADLINES: Record<SessionPhase, string> = {
  Pending: 'Your notebook is being prepared',
  Starting: 'Your notebook is starting',
  Ready: 'Your notebook is ready',
  Stopping: 'Your notebook is waking up',
  Stopped: 'Your notebook is waking up',
  Failed: 'Your notebook could not be started',
  Terminating: 'Your last notebook is being put away',
};

const SOON = 'You are taken there as soon as it answers.';
const KEPT: Saying = {
  headline: 'Your notebook is kept for you',
  lead: 'It was about to be stopped, since nobody seemed to use it. You go back to it in a moment.',
  action: '',
};
const MARKED: Saying = {
  headline: 'Your notebook is about to be stopped',
  lead: 'Nobody seems to use it. One click keeps it.',
  action: 'Keep it',
};

function stopped(phase: SessionPhase): Saying {
  const headline = phase === 'Stopped' ? 'Your notebook is stopped' : 'Your notebook is being stopped';
  return { headline, lead: 'Nobody used it. What you saved in it is still there.', action: 'Open it again' };
}

function sayingOf(session: Session, phase: SessionPhase): Saying {
  if (isLetGo(session)) return session.spec.running ? MARKED : stopped(phase);
  if (isKept(session) && phase !== 'Ready' && phase !== 'Terminating') return KEPT;
  return { headline: HEADLINES[phase], lead: phase === 'Terminating' ? 'A new one is started as soon as it is gone.' : SOON, action: '' };
}

function currentState(phase: SessionPhase): StepState {
  if (phase === 'Failed') return 'failed';
  return phase === 'Terminating' || phase === 'Stopping' ? 'waiting' : 'current';
}

/** Steps up to the first condition that doesn't hold are done; that one is under way (or failed); the rest wait. */
export function progressOf(session: Session, phase: SessionPhase): Progress {
  const steps: Step[] = [{ label: 'Requested', state: 'done', message: '' }];
  let next = phase === 'Ready' ? 'done' : currentState(phase);
  for (const [type, label] of STEPS) {
    const condition = getCondition(session.status.conditions, type);
    if (phase === 'Ready' || condition?.status === 'True') {
      steps.push({ label, state: 'done', message: '' });
      continue;
    }
    steps.push({ label, state: next, message: next === 'waiting' ? '' : (condition?.message ?? '') });
    next = 'waiting';
  }
  return { ...sayingOf(session, phase), steps };
}
