import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore, type Session, type Snapshot, type Store } from '@mooring/resources';
import { explanationSchema } from '../../src/explain/explanation.js';
import { explainFromStore, sessionsOf } from '../../src/explain/from-store.js';

const NAME = 'narrative-ada-e4ea29';
const at = (time: string): number => Date.parse(`2030-01-02T${time}.000Z`);
const NOW = at('03:10:10');
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
  const reading = { type: 'quiet', since: at('03:00:00'), detail: 'no connection' };
  const memory = { run: '1i1/1', at: at('03:10:00'), state: 'quiet', from: at('03:00:00'), heldMs: 0, interrupted: false };
  const words = { jupyter: { reading, askedAt: at('03:10:00'), told: 'quiet' } };
  // What holds on isn't stored again; the time of the last look is.
  const memories = new Map([[session.metadata.uid, JSON.stringify({ ...memory, words })]]);
  await store.saveActivity({ observedAt: at('03:10:05'), memories });
  await happen('event-1', 'Marked', session.metadata.uid, NAME);
  await happen('event-2', 'Kept', session.metadata.uid, 'narrativepre-1');
  await happen('event-3', 'Deleted', '00000000-0000-4000-8000-000000000000', 'narrative-bob-1');
  await happen('event-4', 'Deleted', '00000000-0000-4000-8000-000000000001', NAME);
});
afterAll(() => store.close());

const NONE = { observedAt: 0, memories: new Map<string, string>() };

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
async function recorded(change: (session: Session) => Session = (same) => same): Promise<Pick<Snapshot, 'objects' | 'activity'>> {
  const [{ items: sessions }, { items: events }] = [await store.list('Session'), await store.list('Event')];
  const activity = await store.activity();
  return { objects: { Session: sessions.map(change), SessionTemplate: [], WarmPool: [], Rollout: [], Event: events }, activity };
}

describe('what the store tells of a session', () => {
  it('is its status, its end, and what happened to it, under whatever name, the newest first', async () => {
    const explanation = explainFromStore(await recorded(), NAME, NOW);
    expect(explanation).toEqual({
      session: NAME,
      uid: session.metadata.uid,
      owner: 'ada',
      phase: 'Ready',
      why: 'It is ready. It is marked, since nobody uses it, and ends when its grace is over, unless somebody comes.',
      conditions: session.status.conditions.map(({ lastTransitionTime: since, ...rest }) => ({ ...rest, since })),
      idle: {
        policy: session.spec.idlePolicy,
        action: 'Delete',
        verdict: 'quiet',
        lookedAt: '2030-01-02T03:10:05.000Z',
        quietSeconds: 605,
        sources: [{ source: 'jupyter', said: 'quiet since 2030-01-02T03:00:00.000Z, no connection', askedAt: '2030-01-02T03:10:05.000Z' }],
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
    expect(explainFromStore(await recorded(), 'narrative-bob-1', NOW)).toMatchObject({
      session: 'narrative-bob-1',
      phase: 'Gone',
      conditions: [],
      events: [{ reason: 'Deleted' }],
    });
  });

  it('is nothing of one that nobody knows', async () => {
    expect(explainFromStore(await recorded(), 'narrative-eve-1', NOW)).toBeUndefined();
    expect(explainFromStore(await recorded(), 'ada', NOW)).toBeUndefined();
  });

  it('has no verdict where nobody looks, or nobody has looked yet', async () => {
    const { idlePolicy: _none, ...spec } = session.spec;
    const unpolicied = explainFromStore(await recorded((same) => ({ ...same, spec })), NAME, NOW);
    expect(unpolicied).toMatchObject({ why: 'It is ready. It has no idle policy, so it stays whether or not somebody uses it.' });
    expect(unpolicied).not.toHaveProperty('idle');
    const unseen = await recorded((same) => ({ ...same, status: { phase: 'Starting', conditions: [] } }));
    const fresh = explainFromStore({ ...unseen, activity: NONE }, NAME, NOW);
    expect(fresh).toMatchObject({ phase: 'Starting', why: 'Nobody has looked at it yet. It stays.' });
    expect(fresh?.idle).toEqual({ policy: session.spec.idlePolicy, action: 'Delete', sources: [] });
  });

  it('says that one is on its way out', async () => {
    const leaving = { deletionTimestamp: '2030-01-02T03:04:05.000Z' };
    const all = await recorded((same) => ({ ...same, metadata: { ...same.metadata, ...leaving } }));
    expect(explainFromStore(all, NAME, NOW)?.phase).toBe('Terminating');
  });

  it('finds the sessions of a person', async () => {
    expect(sessionsOf(await recorded(), 'ada')).toEqual([NAME]);
    expect(sessionsOf(await recorded(), 'bob')).toEqual([]);
  });
});
