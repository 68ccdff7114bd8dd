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
      letGo: false,
      progress: {
        mood: 'starting',
        since: '1970-01-01T00:00:00.000Z',
        stepSince: '1970-01-01T00:00:00.000Z',
        headline: 'Your notebook is starting',
        lead: 'You are taken there as soon as it answers.',
        action: '',
        steps: [
          { label: 'Requested', state: 'done', message: '' },
          { label: 'Set up', state: 'done', message: '', seconds: 0 },
          { label: 'Starting', state: 'current', message: 'The image is being pulled.' },
          { label: 'Answering', state: 'waiting', message: '' },
          { label: 'Connected', state: 'waiting', message: '' },
        ],
      },
    });
  });

  it('shows where a start failed, why, and what can be done', () => {
    const { phase, progress } = viewOf(session({ phase: 'Failed', conditions: [condition('ServiceCreated', 'False', 'No such image.')] }));
    expect([phase, progress.mood]).toEqual(['Failed', 'failed']);
    expect(progress.lead).toBe('The program that your notebook runs could not be found.');
    expect(progress.steps[1]).toEqual({ label: 'Not set up', state: 'failed', message: '' });
    expect(progress.failure).toEqual({ advice: 'Trying again helps once somebody has put that right.', detail: 'No such image.' });
  });

  it('shows the place in the queue, and not once it is ready or nobody wants it', () => {
    const queue = { place: 3, of: 12 };
    const waiting = viewOf(session({ phase: 'Pending' }), '/narrative/', queue);
    expect(waiting).toMatchObject({ queue, progress: { mood: 'queued', lead: expect.stringMatching(/^2 starts are before yours\./) } });
    expect(waiting.progress.steps.map(({ state }) => state)).toEqual(['done', 'waiting', 'waiting', 'waiting', 'waiting']);
    expect(viewOf(session({}), '/', { place: 1, of: 1 }).progress.lead).toContain('You are next.');
    expect(viewOf(session({}), '/', { place: 2, of: 2 }).progress.lead).toContain('One start is before yours.');
    expect(viewOf(session(READY), '/', queue).progress.mood).toBe('ready');
    expect(
      viewOf(
        session({}, ({ spec }) => Object.assign(spec, { running: false })),
        '/',
        queue,
      ).progress.mood,
    ).toBe('stopped');
    expect(viewOf(session({}))).not.toHaveProperty('queue');
  });

  it('never says Ready of a session that isn’t', () => {
    expect(viewOf(session({ ...READY, observedGeneration: 1 })).phase).toBe('Starting');
    const leaving = viewOf(session(READY, ({ metadata }) => Object.assign(metadata, { deletionTimestamp: new Date(0).toISOString() })));
    expect(leaving.phase).toBe('Terminating');
    expect(leaving.progress.steps.filter(({ state }) => state === 'current')).toEqual([]);
  });

  describe('of a session that nobody used', () => {
    const marked = { ...condition('Marked', 'True'), lastTransitionTime: '2030-01-01T00:00:00.000Z' };
    const conditions = [...READY.conditions, marked];
    const wanted = ({ metadata }: Session) =>
      Object.assign(metadata, { annotations: { 'mooring.dev/wanted-at': '2030-01-01T00:00:01.000Z' } });
    const stopped = ({ spec }: Session) => Object.assign(spec, { running: false });
    const said = (status: Record<string, unknown>, change?: (session: Session) => void) => {
      const { letGo, progress } = viewOf(session(status, change));
      return [letGo, progress.headline, progress.action];
    };

    it('says that it is about to be stopped, with a click that keeps it', () => {
      expect(said({ phase: 'Ready', conditions })).toEqual([true, 'Your notebook is about to be stopped', 'Keep it']);
    });

    it('says that it is kept, until it is ready', () => {
      expect(said({ phase: 'Starting', conditions }, wanted)).toEqual([false, 'Your notebook is kept for you', '']);
      expect(said({ phase: 'Ready', conditions }, wanted)).toEqual([false, 'Your notebook is ready', '']);
    });

    it('says that it is stopped, or being stopped, with a click that wakes it', () => {
      expect(said({ phase: 'Stopping' }, stopped)).toEqual([true, 'Your notebook is being stopped', 'Open it again']);
      expect(said({ phase: 'Stopped' }, stopped)).toEqual([true, 'Your notebook is stopped', 'Open it again']);
    });

    it('says that it wakes up once somebody has come', () => {
      for (const phase of ['Stopping', 'Stopped']) expect(said({ phase })).toEqual([false, 'Your notebook is waking up', '']);
    });

    it('says nothing of keeping one that is being deleted', () => {
      const view = viewOf(
        session({ phase: 'Terminating', conditions }, ({ metadata }) =>
          Object.assign(metadata, { deletionTimestamp: new Date(0).toISOString() }),
        ),
      );
      expect([view.letGo, view.progress.headline]).toEqual([false, 'Your last notebook is being put away']);
      expect(view.progress.lead).toContain('as soon as it is gone');
    });
  });
});
