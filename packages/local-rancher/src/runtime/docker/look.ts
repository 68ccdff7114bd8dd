import type { ContainerExit, ContainerHealth } from '../runtime.js';
import type { Inspection } from './engine-schemas.js';
import { UUID_LABEL } from './labels.js';

/** A container as it was seen. */
export interface Look {
  /** Docker's. */
  id: string;
  uuid: string;
  running: boolean;
  /** Null where it has none: it doesn't run, or is in no network. */
  address: string | null;
  pid: number;
  tty: boolean;
  health: ContainerHealth;
  /** Tells one run of it from the next. */
  startedAt: string;
  exit: ContainerExit;
}

const HEALTH: Readonly<Record<string, ContainerHealth>> = { starting: 'initializing', healthy: 'healthy', unhealthy: 'unhealthy' };

/** In the host's network a container has the host's addresses. */
const addressOf = ({ HostConfig, NetworkSettings }: Inspection): string | null => {
  if (HostConfig?.NetworkMode === 'host') return '127.0.0.1';
  return Object.values(NetworkSettings?.Networks ?? {}).find(({ IPAddress }) => IPAddress !== '')?.IPAddress ?? null;
};

export function lookAt(inspection: Inspection): Look {
  const { State: state } = inspection;
  return {
    id: inspection.Id,
    uuid: inspection.Config.Labels?.[UUID_LABEL] ?? '',
    running: state.Running,
    address: state.Running ? addressOf(inspection) : null,
    pid: state.Pid ?? 0,
    tty: inspection.Config.Tty ?? false,
    health: state.Running ? (HEALTH[state.Health?.Status ?? ''] ?? null) : null,
    startedAt: state.StartedAt,
    exit: { exitCode: state.ExitCode ?? null, signal: null, oomKilled: state.OOMKilled ?? false },
  };
}

/** One that was made, and of which nothing else is known. */
export const unseen = (uuid: string, id: string): Look => ({
  ...{ id, uuid, running: false, address: null, pid: 0, tty: false, health: null, startedAt: '' },
  exit: { exitCode: null, signal: null, oomKilled: false },
});

/** What is to be told of a container between two looks; a container that isn't there any more has ended, nobody knows how. */
export interface Difference {
  exit?: ContainerExit;
  health?: ContainerHealth;
}

const VANISHED: ContainerExit = { exitCode: null, signal: null, oomKilled: false };

export function differenceOf(before: Look | undefined, now: Look | undefined): Difference {
  if (now?.running) return now.health === (before?.running ? before.health : null) ? {} : { health: now.health };
  return before?.running ? { exit: now?.exit ?? VANISHED } : {};
}
