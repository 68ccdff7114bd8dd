import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createMemoryStore,
  type ObjectCache,
  openCache,
  POOL_LABEL,
  type Session,
  type Store,
  WANTED_ANNOTATION,
} from '@mooring/resources';
import { StatisticsCollector } from '../../../src/api/statistics/collector.js';
import { memoryLogger } from '../../support/front.js';
import { ready } from '../support/api-front.js';

const START = Date.parse('2030-01-01T00:00:00.000Z');
const { logger, logs } = memoryLogger();

let now: number;
let store: Store;
let sessions: ObjectCache<'Session'>;
let kept: string | undefined;
let saves: number;
let collector: StatisticsCollector;

const collect = async (): Promise<void> => {
  const storage = {
    load: async () => kept,
    save: async (text: string) => {
      kept = text;
      saves += 1;
    },
  };
  collector = new StatisticsCollector({ sessions, now: () => now, logger, storage });
  await collector.load();
};
beforeEach(async () => {
  [now, kept, saves] = [START, undefined, 0];
  store = createMemoryStore({ now: () => new Date(now) });
  sessions = openCache(store, 'Session');
  await sessions.ready();
  await collect();
});
afterEach(async () => {
  await collector.close();
  await sessions.close();
});

const settled = async (version: string): Promise<void> => {
  while (Number(sessions.resourceVersion) < Number(version)) await new Promise((resolve) => setImmediate(resolve));
};
const add = async (name: string, labels = {}): Promise<void> => {
  const spec = { owner: { name }, launch: { image: 'a:1' }, route: { type: 'none' as const } };
  await settled((await store.create('Session', { metadata: { name, labels, finalizers: ['x'] }, spec })).metadata.resourceVersion);
};
const change = async (name: string, edit: (session: Session) => void): Promise<void> => {
  const copy = structuredClone(await store.get('Session', name)) as Session;
  edit(copy);
  const { status } = copy;
  const written = await store.update('Session', copy);
  await settled((await store.updateStatus('Session', { ...written, status })).metadata.resourceVersion);
};
const remove = async (name: string): Promise<void> => {
  await store.delete('Session', name);
  await settled((await store.list('Session')).resourceVersion);
};
const condition = (type: string, status: 'True' | 'False', reason: string) => (session: Session) => {
  session.status.conditions.push({ type, status, reason, message: '', lastTransitionTime: new Date(now).toISOString() });
};

describe('statistics', () => {
  it('count sessions by phase, a value an interval, and how it stands now', async () => {
    await add('a');
    await add('warm', { [POOL_LABEL]: 'narrative' });
    collector.sample();
    now += 60_000;
    await change('a', (session) => ready(session, now));
    const { times, sessions: phases, waiting, intervalSeconds } = collector.read();
    expect([intervalSeconds, times]).toEqual([60, ['2030-01-01T00:00:00.000Z', '2030-01-01T00:01:00.000Z']]);
    expect([phases.Pending, phases.Ready, waiting]).toEqual([
      [2, 1],
      [0, 1],
      [1, 1],
    ]);
    expect(collector.read(START + 1).times).toHaveLength(1);
  });

  it('tell in how many seconds sessions became ready for somebody: once a wish, warm ones and broken containers left out', async () => {
    await add('a');
    await add('b');
    await add('warm', { [POOL_LABEL]: 'narrative' });
    now += 3_000;
    for (const name of ['a', 'warm']) await change(name, (session) => ready(session, now));
    now += 6_000;
    await change('b', (session) => ready(session, now));
    expect(collector.read().ready).toEqual({ count: [2], p50: [3], p95: [9] });
    collector.sample();
    await change('a', ({ status }) => {
      status.phase = 'Starting';
    });
    await change('a', (session) => ready(session, now));
    expect(collector.read().ready.count).toEqual([2, 0]);
    await change('a', ({ spec }) => {
      spec.running = false;
    });
    now += 60_000;
    await change('a', ({ metadata, spec }) => {
      metadata.annotations[WANTED_ANNOTATION] = new Date(now).toISOString();
      spec.running = true;
    });
    now += 2_000;
    await change('a', (session) => ready(session, now));
    expect(collector.read().ready).toEqual({ count: [2, 1], p50: [3, 2], p95: [9, 2] });
  });

  it('count what was ended, and why, once each', async () => {
    for (const name of ['idle', 'ended', 'asked']) await add(name);
    await add('warm', { [POOL_LABEL]: 'narrative' });
    await change('idle', condition('Marked', 'True', 'NotUsed'));
    await change('ended', condition('ContainerRunning', 'False', 'Ended'));
    for (const name of ['idle', 'ended'])
      await change(name, ({ spec }) => {
        spec.running = false;
      });
    for (const name of ['idle', 'asked', 'warm']) await remove(name);
    for (const name of ['idle', 'asked']) {
      const going = (await store.get('Session', name)) as Session;
      const { metadata } = await store.update('Session', { ...going, metadata: { ...going.metadata, finalizers: [] } });
      await settled(metadata.resourceVersion);
    }
    expect(collector.read().ended).toEqual({ Idle: [1], Ended: [1], Requested: [1] });
    collector.sample();
    expect(collector.read().ended).toEqual({ Idle: [1, 0], Ended: [1, 0], Requested: [1, 0] });
  });

  it('outlive the process for a day, and are not written where nothing has changed', async () => {
    await add('a');
    collector.sample();
    await collector.close();
    await collector.close();
    expect(saves).toBe(1);
    now += 3_600_000;
    await collect();
    expect(collector.read().times).toEqual(['2030-01-01T00:00:00.000Z', '2030-01-01T01:00:00.000Z']);
    now += 24 * 3_600_000;
    await collect();
    expect(collector.read().times).toHaveLength(1);
  });

  it('begin anew where what was kept can’t be read, and keep a day at most', async () => {
    kept = '{"samples": 1}';
    await collect();
    expect(logs()).toContain('they begin anew');
    for (let minute = 0; minute < 1_500; minute++) collector.sample();
    expect(collector.read().times).toHaveLength(1_441);
  });
});
