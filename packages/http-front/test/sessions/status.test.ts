import { describe, expect, it } from '@jest/globals';
import { type Condition, type Session, sessionSchema } from '@mooring/resources';
import { isReady, viewOf } from '../../src/sessions/status.js';

function condition(type: string, status: Condition['status'], message = ''): Condition {
  return { type, status, reason: 'Test', message, lastTransitionTime: new Date(0).toISOString() };
}

function session(status: Record<string, unknown>, change: (session: Session) => void = () => {}): Session {
  const parsed = sessionSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'Session',
    metadata: {
      name: 'narrative-ada-e4ea29',
      uid: '00000000-0000-4000-8000-000000000000',
      generation: 2,
      resourceVersion: '5',
      creationTimestamp: new Date(0).toISOString(),
    },
    spec: { owner: { name: 'ada' }, launch: { image: 'mooring/demo:1' }, route: { type: 'cookie' } },
    status: { observedGeneration: 2, ...status },
  });
  change(parsed);
  return parsed;
}

const READY = { phase: 'Ready', conditions: [condition('Ready', 'True')] };

describe('isReady', () => {
  it('needs phase, condition, a fresh status, the wish to run, and no deletion', () => {
    expect(isReady(session(READY))).toBe(true);
    expect(isReady(session({ ...READY, phase: 'Starting' }))).toBe(false);
    expect(isReady(session({ ...READY, conditions: [condition('Ready', 'Unknown')] }))).toBe(false);
    expect(isReady(session({ ...READY, observedGeneration: 1 }))).toBe(false);
    expect(isReady(session(READY, ({ spec }) => Object.assign(spec, { running: false })))).toBe(false);
    expect(isReady(session(READY, ({ metadata }) => Object.assign(metadata, { deletionTimestamp: new Date(0).toISOString() })))).toBe(
      false,
    );
  });
});

describe('viewOf', () => {
  it('shows the steps up to the one that is under way', () => {
    const conditions = [condition('ServiceCreated', 'True', 'done'), condition('ContainerRunning', 'False', 'The image is being pulled.')];
    expect(viewOf(session({ phase: 'Starting', conditions }))).toEqual({
      name: 'narrative-ada-e4ea29',
      phase: 'Starting',
      conditions,
      url: '/narrative/',
      progress: {
        headline: 'Your notebook is starting',
        steps: [
          { label: 'Requested', state: 'done', message: '' },
          { label: 'Service created', state: 'done', message: '' },
          { label: 'Container running', state: 'current', message: 'The image is being pulled.' },
          { label: 'Answering', state: 'waiting', message: '' },
          { label: 'Route live', state: 'waiting', message: '' },
        ],
      },
    });
  });

  it('shows where a start failed, and why', () => {
    const { phase, progress } = viewOf(session({ phase: 'Failed', conditions: [condition('ServiceCreated', 'False', 'No such image.')] }));
    expect(phase).toBe('Failed');
    expect(progress.steps[1]).toEqual({ label: 'Service created', state: 'failed', message: 'No such image.' });
  });

  it('never says Ready of a session that isn’t', () => {
    expect(viewOf(session({ ...READY, observedGeneration: 1 })).phase).toBe('Starting');
    const leaving = viewOf(session(READY, ({ metadata }) => Object.assign(metadata, { deletionTimestamp: new Date(0).toISOString() })));
    expect(leaving.phase).toBe('Terminating');
    expect(leaving.progress.steps.filter(({ state }) => state === 'current')).toEqual([]);
  });
});
