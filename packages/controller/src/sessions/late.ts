import type { Session } from '@mooring/resources';
import type { Remembered } from './memory.js';
import type { ObservedService } from './observed.js';
import { isGivenUp } from './probes.js';

/** States of a container that is there to start: what is pulled, or set up, has time. */
const THERE = new Set(['starting', 'running', 'stopping', 'stopped', 'error']);

/** A start as it stands; times are in ms since the epoch. */
export interface Starting {
  service: ObservedService | undefined;
  /** Requests reach it. */
  isServed: boolean;
  now: number;
}

/**
 * Why a start is given up, as a sentence: its own health check says so, or it was not ready in the time that it has. Notes since when its
 * container is there to start.
 */
export function whyLate({ metadata, spec, status }: Session, memory: Remembered, { service, isServed, now }: Starting): string | undefined {
  const { readyWithinSeconds: seconds } = spec.probe;
  const container = service?.containers[0];
  const isStarting = spec.running && metadata.deletionTimestamp === undefined && !isServed && container !== undefined;
  if (seconds === undefined || !isStarting || !THERE.has(container.state)) {
    memory.startingAt = undefined;
    return undefined;
  }
  if (container.state === 'running' && isGivenUp(spec.probe, container)) return 'Its health check says that it is unhealthy.';
  memory.startingAt = Math.min(memory.startingAt ?? now, now);
  if (now - memory.startingAt < seconds * 1000) return undefined;
  const missing = status.conditions.find(({ type, status: value }) => type !== 'Ready' && value === 'False' && TELLING.has(type));
  return `It was not ready within ${seconds} s. ${missing?.message ?? ''}`.trim();
}

const TELLING = new Set(['ContainerRunning', 'Reachable', 'Routed']);
