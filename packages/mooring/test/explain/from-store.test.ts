import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore, type Session, type Snapshot, type Store } from '@mooring/resources';
import { explanationSchema } from '../../src/explain/explanation.js';
import { explainFromStore, sessionsOf } from '../../src/explain/from-store.js';

const NAME = 'narrative-ada-e4ea29';
let store: Store;
let session: Session;

beforeAll(async () => {
  store = await openStore({ path: ':memory:', now: () => new Date('2030-01-02T03:04:05.000Z') });
  session = await store.create('Session', {
    metadata: { name: NAME },
    spec: {
      owner: { name: 'ada' },
      launch: { image: 'i:1' },
      route: { type: 'cookie' },
      idlePolicy: { afterSeconds: 600, graceSeconds: 30 },
    },
    status: {
      phase: 'Ready',
      conditions: [
        { type: 'Ready', status: 'True', reason: 'Ready', message: 'It is ready.', lastTransitionTime: '2030-01-02T03:00:00.000Z' },
        { type: 'Active', status: 'False', reason: 'Quiet', message: 'Nobody.', lastTransitionTime: '2030-01-02T03:00:00.000Z' },
        { type: 'Marked', status: 'True', reason: 'Idle', message: 'Idle.', lastTransitionTime: '2030-01-02T03:10:00.000Z' },
      ],
    },
  });
  await happen('event-1', 'Marked', session.metadata.uid, NAME);
  await happen('event-2', 'Kept', session.metadata.uid, 'narrativepre-1');
  await happen('event-3', 'Deleted', '00000000-0000-4000-8000-000000000000', 'narrative-bob-1');
  await happen('event-4', 'Deleted', '00000000-0000-4000-8000-000000000001', NAME);
});
afterAll(() => store.close());

const happen = (name: string, reason: string, uid: string, about: string) =>
  store.create('Event', {
    metadata: { name },
    spec: {
      regarding: { kind: 'Session', name: about, uid },
      type: 'Normal',
      reason,
      note: `${reason}.`,
      reportingController: 'idle',
      readings: { jupyter: 'quiet' },
    },
  });

/** What a snapshot of the store has, with the session changed. */
async function recorded(change: (session: Session) => Session = (same) => same): Promise<Pick<Snapshot, 'objects'>> {
  const [{ items: sessions }, { items: events }] = [await store.list('Session'), await store.list('Event')];
  return { objects: { Session: sessions.map(change), SessionTemplate: [], WarmPool: [], Event: events } };
}

describe('what the store tells of a session', () => {
  it('is its status, its end, and what happened to it, under whatever name, the newest first', async () => {
    const explanation = explainFromStore(await recorded(), NAME);
    expect(explanation).toEqual({
      session: NAME,
      uid: session.metadata.uid,
      owner: 'ada',
      phase: 'Ready',
      why: 'It is ready. Nobody.',
      conditions: session.status.conditions.map(({ lastTransitionTime: since, ...rest }) => ({ ...rest, since })),
      idle: {
        policy: session.spec.idlePolicy,
        action: 'Delete',
        verdict: 'quiet',
        sources: [],
        markedAt: '2030-01-02T03:10:00.000Z',
        wouldEndAt: '2030-01-02T03:10:30.000Z',
      },
      events: ['Kept', 'Marked'].map((reason) => ({
        at: '2030-01-02T03:04:05.000Z',
        reason,
        note: `${reason}.`,
        readings: { jupyter: 'quiet' },
      })),
    });
    expect(explanationSchema.parse(explanation)).toEqual(explanation);
  });

  it('is what is left of one that is gone', async () => {
    expect(explainFromStore(await recorded(), 'narrative-bob-1')).toMatchObject({
      session: 'narrative-bob-1',
      phase: 'Gone',
      conditions: [],
      events: [{ reason: 'Deleted' }],
    });
  });

  it('is nothing of one that nobody knows', async () => {
    expect(explainFromStore(await recorded(), 'narrative-eve-1')).toBeUndefined();
    expect(explainFromStore(await recorded(), 'ada')).toBeUndefined();
  });

  it('has no verdict where nobody looks, or nobody has looked yet', async () => {
    const { idlePolicy: _none, ...spec } = session.spec;
    const unpolicied = explainFromStore(await recorded((same) => ({ ...same, spec })), NAME);
    expect(unpolicied).toMatchObject({ why: 'It is ready. It has no idle policy, so it is never taken for idle.' });
    expect(unpolicied).not.toHaveProperty('idle');
    const fresh = explainFromStore(await recorded((same) => ({ ...same, status: { phase: 'Starting', conditions: [] } })), NAME);
    expect(fresh).toMatchObject({ phase: 'Starting', why: 'Nobody has looked at it yet.' });
    expect(fresh?.idle).toEqual({ policy: session.spec.idlePolicy, action: 'Delete', sources: [] });
  });

  it('says that one is on its way out', async () => {
    const leaving = { deletionTimestamp: '2030-01-02T03:04:05.000Z' };
    const all = await recorded((same) => ({ ...same, metadata: { ...same.metadata, ...leaving } }));
    expect(explainFromStore(all, NAME)?.phase).toBe('Terminating');
  });

  it('finds the sessions of a person', async () => {
    expect(sessionsOf(await recorded(), 'ada')).toEqual([NAME]);
    expect(sessionsOf(await recorded(), 'bob')).toEqual([]);
  });
});
