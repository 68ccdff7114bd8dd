import type { Life } from '../life.js';

/** Docker's words for a container's state; times are RFC 3339, the year 1 where it has not come to that yet. */
export interface ContainerState {
  Status: 'created' | 'running' | 'exited';
  Running: boolean;
  Paused: boolean;
  Restarting: boolean;
  OOMKilled: boolean;
  Dead: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  StartedAt: string;
  FinishedAt: string;
}

const NEVER = '0001-01-01T00:00:00Z';
/** As shells and Docker count: 128 and the signal's number. */
const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };
const LOST = 255;

const exitCodeOf = ({ exitCode, signal }: Life): number => exitCode ?? (signal ? 128 + (SIGNALS[signal] ?? 0) : LOST);

/** Pure. A start without an end that doesn't run any more was cut short with this program. */
export function stateOf(life: Life | undefined, pid: number | undefined): ContainerState {
  const state = { Paused: false, Restarting: false, OOMKilled: life?.oomKilled ?? false, Dead: false, Error: '' };
  if (life === undefined) return { ...state, Status: 'created', Running: false, Pid: 0, ExitCode: 0, StartedAt: NEVER, FinishedAt: NEVER };
  const { startedAt: StartedAt, finishedAt } = life;
  if (pid !== undefined) return { ...state, Status: 'running', Running: true, Pid: pid, ExitCode: 0, StartedAt, FinishedAt: NEVER };
  return {
    ...state,
    Status: 'exited',
    Running: false,
    Pid: 0,
    ExitCode: exitCodeOf(life),
    Error: finishedAt === undefined ? 'It was cut short together with what ran it.' : '',
    StartedAt,
    FinishedAt: finishedAt ?? NEVER,
  };
}
