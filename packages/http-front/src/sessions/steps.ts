import { type Condition, getCondition, isTrue, type Session, type SessionPhase } from '@mooring/resources';
import { reasonInWords } from './reasons.js';
import { transitionOf } from './start.js';

type StepState = 'done' | 'current' | 'failed' | 'waiting';

export interface Step {
  label: string;
  state: StepState;
  /** A sentence on how it stands; empty where there is nothing to say. */
  message: string;
  /** How many seconds it took in this start; missing where it isn't done, or was before. */
  seconds?: number;
}

const REQUESTED = 'Requested';
/** Condition, and what the step is called when it is done (or still to come), under way, and failed. */
const STEPS = [
  ['ServiceCreated', { done: 'Set up', current: 'Being set up', failed: 'Not set up' }],
  ['ContainerRunning', { done: 'Started', current: 'Starting', failed: 'Not started' }],
  ['Reachable', { done: 'Answering', current: 'Waiting for its answer', failed: 'Not answering' }],
  ['Routed', { done: 'Connected', current: 'Connecting', failed: 'Not connected' }],
] as const;

/** The condition at which a start stands still: the first that doesn't hold; undefined where it was never set. */
export function firstMissing({ status: { conditions } }: Session): Condition | undefined {
  const step = STEPS.find(([type]) => !isTrue(conditions, type));
  return step && getCondition(conditions, step[0]);
}

function currentState(phase: SessionPhase, isQueued: boolean): StepState {
  if (phase === 'Failed') return 'failed';
  return isQueued || phase === 'Terminating' || phase === 'Stopping' ? 'waiting' : 'current';
}

/** Steps up to the first condition that doesn't hold are done; that one is under way, unless it waits for its turn (or failed); the rest wait. */
export function stepsOf({ status: { conditions } }: Session, phase: SessionPhase, isQueued: boolean): Step[] {
  const steps: Step[] = [{ label: REQUESTED, state: 'done', message: '' }];
  let next = phase === 'Ready' ? 'done' : currentState(phase, isQueued);
  for (const [type, labels] of STEPS) {
    const condition = getCondition(conditions, type);
    if (phase === 'Ready' || condition?.status === 'True') {
      steps.push({ label: labels.done, state: 'done', message: '' });
      continue;
    }
    const label = next === 'waiting' ? labels.done : labels[next];
    steps.push({ label, state: next, message: next === 'current' ? reasonInWords(condition) : '' });
    next = 'waiting';
  }
  return steps;
}

/** Each step that was done in this start with the time that it took, and when the last of them was done, in ms. */
export function timed(steps: Step[], conditions: Condition[], since: number): { steps: Step[]; until: number } {
  let until = since;
  const withTimes = steps.map((step, index) => {
    const at = transitionOf(getCondition(conditions, STEPS[index - 1]?.[0] ?? ''));
    if (step.state !== 'done' || !(at >= since)) return step;
    const seconds = Math.max(0, at - until) / 1000;
    until = Math.max(until, at);
    return { ...step, seconds };
  });
  return { steps: withTimes, until };
}
