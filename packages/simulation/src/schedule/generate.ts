import { createRandom, type Random } from '../determinism/random.js';
import { CALL_FAULTS, CALLS, LIST_FAULTS, OUTAGES, type Scheduled, type SimulatedEvent, STREAM_FAULTS } from './events.js';

export const PEOPLE = 18;
/** Who come when the store was lost, and never before: what is nobody's is not to be given to them. */
export const NEWCOMERS = 4;
/** As long as things happen. */
export const CHAOS_MS = 8 * 60_000;
/** Events happen until then, so that what follows on one still falls into the trouble. */
const LAST_MS = CHAOS_MS - 60_000;
const EVENTS = 304;

type Make = (random: Random) => SimulatedEvent;

const person = (random: Random): number => random.int(0, PEOPLE - 1);
const some = (random: Random): number => random.int(0, 999);

/** How often each thing happens, in proportion. */
const MIX: readonly (readonly [number, Make])[] = [
  [70, (random) => ({ type: 'navigate', person: person(random) })],
  [6, (random) => ({ type: 'crowd', person: person(random), count: random.int(2, 6) })],
  [16, (random) => ({ type: 'delete-session', person: person(random) })],
  [14, (random) => ({ type: 'stop-session', person: person(random) })],
  [60, (random) => ({ type: 'fault', call: random.pick(['any', ...CALLS]), fault: random.pick(CALL_FAULTS), count: random.int(1, 3) })],
  [20, (random) => ({ type: 'list-fault', fault: random.pick(LIST_FAULTS), count: random.int(1, 3) })],
  [24, (random) => ({ type: 'stream-fault', fault: random.pick(STREAM_FAULTS), count: random.int(1, 6) })],
  [5, (random) => ({ type: 'outage', outage: random.pick(OUTAGES), seconds: random.int(5, 150) })],
  [10, (random) => ({ type: 'probe-fault', count: random.int(1, 5) })],
  [4, (random) => ({ type: 'traefik-restart', seconds: random.int(0, 20) })],
  [12, (random) => ({ type: 'service-deleted', pick: some(random) })],
  [6, (random) => ({ type: 'service-copied', pick: some(random) })],
  [4, (random) => ({ type: 'name-taken', person: person(random) })],
  [12, (random) => ({ type: 'container-deleted', pick: some(random) })],
  [10, (random) => ({ type: 'container-stopped', pick: some(random) })],
  [10, (random) => ({ type: 'container-ends', pick: some(random) })],
  [8, (random) => ({ type: 'container-cannot-start', pick: some(random), seconds: random.int(10, 90) })],
  [6, (random) => ({ type: 'host-lost', pick: some(random), seconds: random.int(5, 120) })],
  [1, (random) => ({ type: 'host-removed', pick: some(random) })],
  [1, () => ({ type: 'stack-recreated' })],
  [3, () => ({ type: 'image-changed' })],
  [4, (random) => ({ type: 'pool-resized', replicas: random.int(0, 3) })],
  [3, (random) => ({ type: 'clock-jumps', seconds: random.pick([-7200, -60, -1, 30, 3600]) })],
  [6, () => ({ type: 'resync' })],
  [10, (random) => ({ type: 'crash', afterCalls: random.int(0, 30), when: random.pick(['before', 'after']) })],
  [2, () => ({ type: 'store-lost' })],
];

/** At least one of everything, so that each seed meets each kind. */
const EACH_ONCE: readonly Make[] = MIX.filter(([weight]) => weight > 2).map(([, make]) => make);

/** What happens in the life of a seed: everybody comes in the first minute, and then all else. */
export function generate(seed: number): Scheduled[] {
  const random = createRandom(seed);
  const arrivals = Array.from({ length: PEOPLE }, (_, index) => at(random.int(0, 60_000), { type: 'navigate', person: index }));
  const once = EACH_ONCE.map((make) => at(random.int(30_000, LAST_MS), make(random)));
  const rest = Array.from({ length: EVENTS - arrivals.length - once.length }, () =>
    at(random.int(1000, LAST_MS), random.weighted(MIX)(random)),
  );
  const happening = [...arrivals, ...once, ...rest];
  const rushes = happening.flatMap(({ atMs, event }) => (event.type === 'store-lost' ? [rush(random, atMs)] : []));
  return [...happening, ...rushes].sort((a, b) => a.atMs - b.atMs);
}

/** Many come when all is new again, some for the first time: what was theirs, and what was nobody's, is told apart then. */
const rush = (random: Random, atMs: number): Scheduled =>
  at(atMs + random.int(20_000, 60_000), { type: 'crowd', person: PEOPLE - 4, count: 4 + NEWCOMERS });

const at = (atMs: number, event: SimulatedEvent): Scheduled => ({ atMs, event });
