import type { IdleEvent } from '../idle/events.js';

/** What calls to Rancher a fault meets. */
export const CALLS = ['list', 'list-by-name', 'get', 'create', 'update', 'remove', 'action'] as const;
export type Call = (typeof CALLS)[number];

/** What becomes of a call to Rancher. `lost`: after the act; `late`: the act comes after the caller has given up. */
export const CALL_FAULTS = [
  'refused',
  'reset',
  'error-500',
  'html',
  'unauthorized',
  'lost-answer',
  'hang',
  'hang-after-act',
  'late-act',
  'slow',
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];

/** What becomes of a list that Rancher answers. */
export const LIST_FAULTS = ['partial-list', 'empty-list', 'stale-list'] as const;
export type ListFault = (typeof LIST_FAULTS)[number];

/** What becomes of the frames of `subscribe`. */
export const STREAM_FAULTS = ['lost-events', 'repeated-events', 'late-events', 'closed-stream', 'silent-stream'] as const;
export type StreamFault = (typeof STREAM_FAULTS)[number];

/** How all of Rancher is for a while. */
export const OUTAGES = ['down', 'slow', 'html', 'error-500', 'unauthorized'] as const;
export type Outage = (typeof OUTAGES)[number];

/** One thing that happens. `person`, `pick`: numbers that choose among those that are there at that moment. */
export type SimulatedEvent =
  | IdleEvent
  | { type: 'navigate'; person: number }
  /** So many at the same moment. */
  | { type: 'crowd'; person: number; count: number }
  | { type: 'delete-session'; person: number }
  | { type: 'stop-session'; person: number }
  | { type: 'fault'; call: Call | 'any'; fault: CallFault; count: number }
  | { type: 'list-fault'; fault: ListFault; count: number }
  | { type: 'stream-fault'; fault: StreamFault; count: number }
  | { type: 'outage'; outage: Outage; seconds: number }
  | { type: 'probe-fault'; count: number }
  | { type: 'traefik-restart'; seconds: number }
  | { type: 'service-deleted'; pick: number }
  | { type: 'service-copied'; pick: number }
  | { type: 'name-taken'; person: number }
  | { type: 'container-deleted'; pick: number }
  | { type: 'container-stopped'; pick: number }
  | { type: 'container-ends'; pick: number }
  | { type: 'container-cannot-start'; pick: number; seconds: number }
  | { type: 'host-lost'; pick: number; seconds: number }
  | { type: 'host-removed'; pick: number }
  | { type: 'stack-recreated' }
  | { type: 'image-changed' }
  | { type: 'pool-resized'; replicas: number }
  | { type: 'clock-jumps'; seconds: number }
  | { type: 'resync' }
  | { type: 'crash'; afterCalls: number; when: 'before' | 'after' }
  | { type: 'store-lost' };

export interface Scheduled {
  /** Milliseconds after the start. */
  atMs: number;
  event: SimulatedEvent;
}
