import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { load, resource } from './support.js';

const { windowOf, stepOf, ROW } = await load<{
  windowOf(seen: { top: number; height: number; count: number }): { from: number; to: number };
  stepOf(key: string, at: { index: number; count: number; page: number }): number | undefined;
  ROW: number;
}>('window.js');
const { age, ago, brief, took } = await load<Record<'age' | 'ago' | 'brief' | 'took', (value: number) => string>>('format.js');
const { deedsFor, deedOf } = await load<{
  deedsFor(row: object): string[];
  deedOf(kind: string, row: object): { path: string; request: object; text: string };
}>('deeds.js');
const { rowOf } = await load<{ rowOf(resource: object): { state: string; who: string } }>('rows.js');
const { readPlace, writePlace } = await load<{ readPlace(hash: string, known: object): object; writePlace(place: object): string }>(
  'place.js',
);
const { stepsOf } = await load<{ stepsOf(resource: object): { seconds?: number; share?: object }[] }>('steps.js');
const { endedSeries, sessionSeries, stacked } = await load<{
  endedSeries(statistics: object, most: number): { times: number[]; columns: number[][] };
  sessionSeries(statistics: object): { times: number[]; columns: number[][] };
  stacked(columns: number[][]): number[][];
}>('series.js');

describe('the window of the table', () => {
  it('holds every row that is seen, and few more', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(2_000), fc.nat(500_000), (count, height, scrolled) => {
        const top = Math.min(scrolled, Math.max(0, count * ROW - height));
        const { from, to } = windowOf({ top, height, count });
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(count);
        expect(to - from).toBeLessThanOrEqual(Math.ceil(height / ROW) + 14);
        for (let index = Math.floor(top / ROW); index < count && index * ROW < top + height; index += 1)
          expect(index >= from && index < to).toBe(true);
      }),
    );
  });

  it.each([
    ['ArrowDown', -1, 0],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 0, 0],
    ['PageDown', 2, 7],
    ['Home', 7, 0],
    ['End', 0, 9],
    ['a', 3, undefined],
  ])('is moved by %s from %i to %s', (key, index, next) => {
    expect(stepOf(key, { index, count: 10, page: 5 })).toBe(next);
    expect(stepOf(key, { index: -1, count: 0, page: 5 })).toBeUndefined();
  });
});

describe('times', () => {
  it('are written short', () => {
    expect([900, 25_000, 240_000, 3 * 3_600_000, 12 * 86_400_000].map(age)).toEqual(['now', '25 s', '4 min', '3 h', '12 d']);
    expect([0, 25_000].map(ago)).toEqual(['now', '25 s ago']);
    expect([0.01, 0.42, 12, 125].map(took)).toEqual(['at once', '0.4 s', '12 s', '2 min 5 s']);
    expect([0, 0.5, 20, 120].map(brief)).toEqual(['0', '0.5 s', '20 s', '2 min']);
  });
});

/** Its template has something else by now. */
function outdated(reason: string) {
  const session = resource('a');
  session.status.conditions.push({
    type: 'UpToDate',
    status: 'False',
    reason,
    message: '',
    lastTransitionTime: '2030-01-01T00:00:00.000Z',
  });
  return session;
}

describe('what can be done', () => {
  it.each([
    [resource('a'), ['stop', 'delete']],
    [resource('a', { marked: true }), ['keep', 'stop', 'delete']],
    [resource('a', { phase: 'Stopped', running: false }), ['start', 'delete']],
    [resource('a', { phase: 'Failed' }), ['retry', 'stop', 'delete']],
    [resource('a', { phase: 'Terminating' }), []],
    [outdated('NewVersion'), ['update', 'stop', 'delete']],
    [outdated('UpdateFailed'), ['update', 'stop', 'delete']],
    [outdated('Updating'), ['stop', 'delete']],
    [resource('a', { pool: 'narrative' }), ['delete']],
  ])('follows from the state', (session, deeds) => {
    expect(deedsFor(rowOf(session))).toEqual(deeds);
  });

  it('is a request of the API', () => {
    const row = rowOf(resource('narrative-a', { pool: 'warm' }));
    expect(row.who).toBe('waits in warm');
    expect(deedOf('stop', row)).toMatchObject({
      path: '/sessions/narrative-a',
      request: { method: 'PATCH', body: { spec: { running: false } } },
    });
    expect(deedOf('keep', row)).toMatchObject({ path: '/sessions/narrative-a/keep', request: { method: 'POST' } });
    expect(deedOf('update', row)).toMatchObject({ path: '/sessions/narrative-a/update', request: { method: 'POST' } });
    expect(deedOf('delete', row).text).toMatch(/^narrative-a of waits in warm/);
  });
});

describe('the place in the address', () => {
  const known = { states: ['Ready', 'Failed'], keys: ['name', 'created'] };
  it('is read as it was written', () => {
    const place = { search: 'ada & co', states: new Set(['Ready']), order: { key: 'created', descending: true }, open: 'narrative-a' };
    expect(readPlace(writePlace(place), known)).toEqual(place);
    expect(writePlace({ ...place, search: '', states: new Set(), order: { key: 'name', descending: false }, open: '' })).toBe('#');
  });
  it('is nothing special where it is none of ours', () => {
    expect(readPlace('#state=Nowhere&sort=-secret', known)).toEqual({
      search: '',
      states: new Set(),
      order: { key: 'name', descending: false },
      open: '',
    });
  });
});

describe('the steps of a start', () => {
  const condition = (type: string, seconds: number, status = 'True') => ({
    type,
    status,
    lastTransitionTime: new Date(Date.parse('2030-01-01T00:00:00Z') + seconds * 1000).toISOString(),
  });
  const session = resource('a');
  session.status.conditions = [
    condition('Ready', 4),
    condition('ContainerRunning', 4),
    condition('ServiceCreated', 1),
    condition('Reachable', 0, 'False'),
  ];

  it('are in their order, each with its time and its share', () => {
    expect(stepsOf(session)).toMatchObject([
      { condition: { type: 'ServiceCreated' }, seconds: 1, share: { from: 0, length: 0.25 } },
      { condition: { type: 'ContainerRunning' }, seconds: 3, share: { from: 0.25, length: 0.75 } },
      { condition: { type: 'Reachable' } },
      { condition: { type: 'Ready' } },
    ]);
    expect(stepsOf(session)[2]?.seconds).toBeUndefined();
  });

  it('that were done before somebody woke it have no time', () => {
    session.metadata.annotations['mooring.dev/wanted-at'] = '2030-01-01T00:00:02.000Z';
    expect(stepsOf(session).map(({ seconds }) => seconds)).toEqual([undefined, 2, undefined, undefined]);
  });
});

describe('the charts', () => {
  const times = [0, 60, 120].map((at) => new Date(at * 1000).toISOString());
  it('stack phases that belong together', () => {
    const none = [0, 0, 0];
    const sessions = {
      Pending: [1, 0, 0],
      Starting: [1, 2, 0],
      Ready: [5, 6, 7],
      Stopping: none,
      Stopped: [1, 1, 1],
      Failed: none,
      Terminating: none,
    };
    const { times: seconds, columns } = sessionSeries({ times, sessions });
    expect([seconds, columns]).toEqual([
      [0, 60, 120],
      [[5, 6, 7], [2, 2, 0], [1, 1, 1], none],
    ]);
    expect(stacked(columns)).toEqual([
      [5, 6, 7],
      [7, 8, 7],
      [8, 9, 8],
      [8, 9, 8],
    ]);
  });
  it('sum up what ended in equal intervals', () => {
    const ended = { Idle: [1, 2, 4], Requested: [0, 0, 1], Ended: [0, 1, 0] };
    expect(endedSeries({ times, ended, intervalSeconds: 60 }, 2)).toEqual({
      times: [30, 150],
      columns: [
        [3, 4],
        [0, 1],
        [1, 0],
      ],
    });
    expect(endedSeries({ times: [], ended: { Idle: [], Requested: [], Ended: [] }, intervalSeconds: 60 }, 2).times).toEqual([]);
  });
});
