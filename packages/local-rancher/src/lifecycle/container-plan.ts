import type { ContainerRecord } from '../model/records.js';

/**
 * The next step of a container toward what is wanted of it.
 * `launch`, `halt` and `erase` ask the runtime; the others only name the next state.
 */
export type ContainerStep = 'none' | 'begin-start' | 'launch' | 'begin-stop' | 'halt' | 'rest' | 'begin-removal' | 'erase';

type Table = Readonly<Record<ContainerRecord['wanted'], Readonly<Record<ContainerRecord['state'], ContainerStep>>>>;

const STEPS: Table = {
  running: {
    requested: 'begin-start',
    starting: 'launch',
    running: 'none',
    restarting: 'begin-stop',
    stopping: 'halt',
    stopped: 'begin-start',
    error: 'none',
    removing: 'erase',
    removed: 'none',
  },
  stopped: {
    requested: 'rest',
    starting: 'rest',
    running: 'begin-stop',
    restarting: 'begin-stop',
    stopping: 'halt',
    stopped: 'none',
    error: 'rest',
    removing: 'erase',
    removed: 'none',
  },
  removed: {
    requested: 'begin-removal',
    starting: 'begin-removal',
    running: 'begin-stop',
    restarting: 'begin-stop',
    stopping: 'halt',
    stopped: 'begin-removal',
    error: 'begin-removal',
    removing: 'erase',
    removed: 'none',
  },
};

export const planContainer = (container: Pick<ContainerRecord, 'state' | 'wanted'>): ContainerStep =>
  STEPS[container.wanted][container.state];

/** The state after the process was stopped (recordings 05-10b, 05-12b, 07-17). */
export const stateAfterHalt = (wanted: ContainerRecord['wanted']): 'starting' | 'stopped' | 'removing' => {
  if (wanted === 'running') return 'starting';
  return wanted === 'removed' ? 'removing' : 'stopped';
};
