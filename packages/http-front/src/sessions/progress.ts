import { getCondition, type Session, type SessionPhase } from '@mooring/resources';

type StepState = 'done' | 'current' | 'failed' | 'waiting';

export interface Step {
  label: string;
  state: StepState;
  /** A sentence on how it stands; empty where there is nothing to say. */
  message: string;
}

export interface Progress {
  headline: string;
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
  Stopping: 'Your notebook is being stopped',
  Stopped: 'Your notebook is waking up',
  Failed: 'Your notebook could not be started',
  Terminating: 'Your last notebook is being put away',
};

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
  return { headline: HEADLINES[phase], steps };
}
