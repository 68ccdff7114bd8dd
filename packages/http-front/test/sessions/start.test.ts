import { describe, expect, it } from '@jest/globals';
import { type Condition, type Session, sessionSchema } from '@mooring/resources';
import { startOf } from '../../src/sessions/start.js';
import { viewOf } from '../../src/sessions/status.js';

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Conditions by their type: since when they hold (a number of seconds), or since when they don't (a negative one). */
function conditionsOf(times: Record<string, number>): Condition[] {
  return Object.entries(times).map(([type, time]) => ({
    type,
    status: time < 0 ? 'False' : 'True',
    reason: 'Test',
    message: '',
    lastTransitionTime: at(Math.abs(time)),
  }));
}

function session(phase: string, times: Record<string, number>, wantedAt?: number): Session {
  return sessionSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'Session',
    metadata: {
      name: 'narrative-ada-e4ea29',
      uid: '00000000-0000-4000-8000-000000000000',
      generation: 1,
      resourceVersion: '5',
      creationTimestamp: at(100),
      ...(wantedAt !== undefined && { annotations: { 'mooring.dev/wanted-at': at(wantedAt) } }),
    },
    spec: { owner: { name: 'ada' }, launch: { image: 'mooring/demo:1' }, route: { type: 'cookie' } },
    status: { observedGeneration: 1, phase, conditions: conditionsOf(times) },
  });
}

const started = (what: Session) => {
  const { kind, since } = startOf(what);
  return [kind, since / 1000];
};

const FIRST = { ServiceCreated: 102, ContainerRunning: -101, Ready: -101 };

describe('a start', () => {
  it('begins with the request, of a session that is new', () => {
    expect(started(session('Pending', {}))).toEqual(['created', 100]);
    expect(started(session('Starting', FIRST))).toEqual(['created', 100]);
    expect(started(session('Failed', { ServiceCreated: -101, Ready: -101 }))).toEqual(['created', 100]);
  });

  it('begins with the visit that woke it, of one that was stopped', () => {
    expect(started(session('Starting', { ServiceCreated: 102, ContainerRunning: -500, Ready: -500 }, 900))).toEqual(['woken', 900]);
  });

  it('begins when it broke off, of one that was ready', () => {
    expect(started(session('Starting', { ServiceCreated: 102, ContainerRunning: -500, Ready: -500 }))).toEqual(['woken', 500]);
  });
});

describe('the steps of a start', () => {
  const times = (what: Session) => {
    const { steps, since, stepSince } = viewOf(what).progress;
    return { seconds: steps.map(({ seconds }) => seconds), since, stepSince };
  };

  it('have the times between their conditions', () => {
    const conditions = { ServiceCreated: 100.4, ContainerRunning: 105, Reachable: -100.1, Routed: -100.1, Ready: -100.1 };
    expect(times(session('Starting', conditions))).toEqual({
      seconds: [undefined, 0.4, 4.6, undefined, undefined],
      since: at(100),
      stepSince: at(105),
    });
  });

  it('have none where they were done before it began', () => {
    const conditions = { ServiceCreated: 102, ContainerRunning: 910, Reachable: -500, Routed: -500, Ready: -500 };
    expect(times(session('Starting', conditions, 900))).toEqual({
      seconds: [undefined, undefined, 10, undefined, undefined],
      since: at(900),
      stepSince: at(910),
    });
  });

  it('take no time that is negative, whatever the order in which they came', () => {
    const conditions = { ServiceCreated: 109, ContainerRunning: 105, Reachable: -101, Ready: -101 };
    expect(times(session('Starting', conditions)).seconds).toEqual([undefined, 9, 0, undefined, undefined]);
  });

  it('have none where nothing is on its way', () => {
    const ready = session('Ready', { ServiceCreated: 102, ContainerRunning: 103, Reachable: 104, Routed: 105, Ready: 105 });
    const stopped = session('Stopped', FIRST);
    stopped.spec.running = false;
    for (const what of [ready, stopped])
      expect(times(what)).toEqual({ seconds: Array(5).fill(undefined), since: undefined, stepSince: undefined });
  });
});
