import { beforeEach, describe, expect, it } from '@jest/globals';
import { POOL_LABEL, type Session, WANTED_ANNOTATION } from '@mooring/resources';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { HOLDS_MS } from '../../src/starts/may-start.js';
import { StartMetrics } from '../../src/starts/metrics.js';
import { StartQueue } from '../../src/starts/start-queue.js';
import { aSession } from '../sessions/sample.js';

const START = Date.parse('2030-01-01T00:00:00.000Z');

let clock: { at: number };
let woken: string[];
let registry: Registry;

function aQueue(max: number | undefined): StartQueue {
  clock = { at: START };
  woken = [];
  registry = new Registry();
  const fake = { now: () => clock.at, after: () => ({ cancel: () => undefined }) };
  return new StartQueue({ max, clock: fake, metrics: new StartMetrics(registry), wake: (uid) => woken.push(uid) });
}

/** Wanted `afterMs` from the start. */
function wanted(uid: string, afterMs = 0): Session {
  const session = aSession({});
  Object.assign(session.metadata, { uid, name: uid, creationTimestamp: new Date(START + afterMs).toISOString() });
  session.status = { phase: 'Pending', conditions: [] };
  return session;
}

const inPhase = (session: Session, phase: Session['status']['phase']): Session => ({ ...session, status: { ...session.status, phase } });

describe('the line of those that start', () => {
  let queue: StartQueue;
  const [a, b, c] = [wanted('a', 1), wanted('b', 2), wanted('c', 3)];
  beforeEach(() => {
    queue = aQueue(1);
  });

  it('calls the next when one is ready, goes, fails, or is not wanted any more', () => {
    expect([queue.admits(a), queue.admits(b), queue.admits(c)]).toEqual([true, false, false]);
    expect([queue.running, queue.queued]).toEqual([1, 2]);
    queue.follow(inPhase(a, 'Ready'));
    expect(woken).toEqual(['b']);
    expect([queue.admits(c), queue.admits(b)]).toEqual([false, true]);
    queue.failed('b');
    expect(woken).toEqual(['b', 'c']);
    expect(queue.admits(c)).toBe(true);
    expect(queue.admits(a)).toBe(false);
    queue.follow({ ...c, spec: { ...c.spec, running: false } });
    expect(woken.at(-1)).toBe('a');
    expect(queue.admits(a)).toBe(true);
    queue.forget('a');
    expect([queue.running, queue.queued]).toEqual([0, 0]);
  });

  it('keeps its place through all steps of one start', () => {
    expect([queue.admits(a), queue.admits(a)]).toEqual([true, true]);
    queue.follow(inPhase(a, 'Starting'));
    expect([queue.admits(b), queue.admits(a)]).toEqual([false, true]);
  });

  it('lets one that failed try again behind those who waited then', () => {
    queue.admits(a);
    queue.admits(b);
    clock.at += 1_000;
    queue.failed('a');
    expect(queue.admits(a)).toBe(false);
    expect(queue.admits(b)).toBe(true);
    queue.admits(wanted('late', 2_000));
    queue.follow(inPhase(b, 'Ready'));
    expect(woken.at(-1)).toBe('a');
  });

  it('lets nobody who keeps failing hold a place between two tries', () => {
    queue.admits(a);
    queue.failed('a');
    expect(queue.admits(b)).toBe(true);
  });

  it('lets one that hangs hold its place for a while only, and start again in its turn', () => {
    queue.admits(a);
    queue.follow(inPhase(a, 'Starting'));
    expect(queue.admits(b)).toBe(false);
    expect(queue.untilFreeMs).toBe(HOLDS_MS);
    clock.at += HOLDS_MS;
    expect(queue.admits(b)).toBe(true);
    expect(queue.admits(a)).toBe(false);
    clock.at += 1;
    expect(queue.untilFreeMs).toBe(HOLDS_MS - 1);
  });

  it('takes who was woken as wanted since then', () => {
    const woken_ = wanted('woken');
    woken_.metadata.annotations = { [WANTED_ANNOTATION]: new Date(START + 5).toISOString() };
    queue.admits(a);
    queue.admits(woken_);
    queue.admits(c);
    queue.follow(inPhase(a, 'Ready'));
    expect(woken).toEqual(['c']);
  });

  it('lets people go before what is kept warm, whenever they come', () => {
    const warm = wanted('warm');
    warm.metadata.labels = { [POOL_LABEL]: 'narrative' };
    queue.admits(a);
    queue.admits(warm);
    queue.admits(c);
    queue.follow(inPhase(a, 'Ready'));
    expect(woken).toEqual(['c']);
  });

  it('goes on after a restart with what was under way, and with nothing else', () => {
    const service = { id: '1s1', name: 's', state: 'activating' };
    const starting = { ...a, status: { ...a.status, phase: 'Starting' as const, service } };
    queue.resume({ ...b, status: { ...starting.status, phase: 'Ready' } });
    queue.resume({ ...c, status: { ...starting.status, service: { ...service, state: 'inactive' } } });
    queue.resume(wanted('d'));
    expect(queue.running).toBe(0);
    queue.resume(starting);
    expect([queue.running, queue.admits(b), queue.admits(a)]).toEqual([1, false, true]);
  });

  it('takes as under way what Rancher started all the same', () => {
    queue.admits(a);
    queue.failed('a');
    queue.follow(inPhase(a, 'Starting'));
    expect(queue.admits(b)).toBe(false);
  });

  it('tells how many wait, how many start, and how long they waited', async () => {
    queue.admits(a);
    queue.admits(b);
    clock.at += 7_000;
    queue.follow(inPhase(a, 'Ready'));
    queue.admits(b);
    queue.admits(c);
    const text = await registry.metrics();
    expect(text).toContain('mooring_starts_running 1');
    expect(text).toContain('mooring_starts_queued 1');
    expect(text).toContain('mooring_start_queue_seconds_sum 7');
    expect(text).toContain('mooring_start_queue_seconds_count 2');
  });

  it('limits nothing where no limit is set', () => {
    queue = aQueue(undefined);
    for (let index = 0; index < 100; index += 1) expect(queue.admits(wanted(`s${index}`))).toBe(true);
    expect(queue.running).toBe(100);
  });
});

describe('the line, whatever happens', () => {
  /** How a session's start goes: the ms that it takes, or that it fails so many times first, or never comes to an end. */
  const fate = fc.record({
    afterMs: fc.integer({ min: 0, max: 60_000 }),
    takesMs: fc.oneof(fc.integer({ min: 0, max: 30_000 }), fc.constant(Number.POSITIVE_INFINITY)),
    failures: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(Number.POSITIVE_INFINITY)),
    leavesAtMs: fc.option(fc.integer({ min: 0, max: 90_000 }), { nil: Number.POSITIVE_INFINITY }),
  });
  const STEP_MS = 500;
  const END_MS = 60 * 60_000;

  it('never lets more start than may, and nobody waits for ever', () => {
    fc.assert(
      fc.property(fc.array(fate, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 3 }), (fates, max) => {
        const queue = aQueue(max);
        const people = fates.map((each, index) => ({
          ...each,
          session: wanted(`s${index}`, each.afterMs),
          tryAt: 0,
          startedAt: -1,
          done: false,
        }));
        for (let ms = 0; people.some((person) => mustStart(person) && !person.done); ms += STEP_MS) {
          // Whoever stays and can start does so in time: who fails for ever, or hangs, keeps nobody.
          expect(ms).toBeLessThan(END_MS);
          clock.at = START + ms;
          for (const person of people) look(person, queue, ms);
          const holding = people.filter(({ startedAt, done }) => !done && startedAt >= 0 && ms - startedAt < HOLDS_MS).length;
          expect(holding).toBeLessThanOrEqual(max);
          expect(queue.running).toBeGreaterThanOrEqual(holding);
        }
      }),
      { numRuns: 60 },
    );
  });

  type Person = {
    session: Session;
    afterMs: number;
    takesMs: number;
    failures: number;
    leavesAtMs: number;
    tryAt: number;
    startedAt: number;
    done: boolean;
  };

  const mustStart = ({ leavesAtMs, takesMs, failures }: Person): boolean =>
    leavesAtMs === Number.POSITIVE_INFINITY && Number.isFinite(takesMs) && Number.isFinite(failures);

  /** What a pass of the loop does with one session. */
  function look(person: Person, queue: StartQueue, ms: number): void {
    const { session, afterMs, takesMs, leavesAtMs } = person;
    if (person.done || ms < afterMs || ms < person.tryAt) return;
    if (ms >= leavesAtMs) {
      person.done = true;
      queue.follow({ ...session, metadata: { ...session.metadata, deletionTimestamp: new Date().toISOString() } });
    } else if (person.startedAt >= 0) {
      person.done = ms - person.startedAt >= takesMs;
      queue.follow(inPhase(session, person.done ? 'Ready' : 'Starting'));
    } else if (queue.admits(session)) {
      if (person.failures > 0) {
        person.failures -= 1;
        person.tryAt = ms + 4 * STEP_MS;
        queue.failed(session.metadata.uid);
      } else person.startedAt = ms;
    }
  }
});
