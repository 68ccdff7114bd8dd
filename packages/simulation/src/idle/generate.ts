import { createRandom, type Random } from '../determinism/random.js';
import { CALL_FAULTS, CALLS, LIST_FAULTS, OUTAGES, type Scheduled, type SimulatedEvent, STREAM_FAULTS } from '../schedule/events.js';
import { CHAOS_MS, PEOPLE } from '../schedule/generate.js';
import { BLINDINGS, HABITS } from './events.js';

const EVENTS = 304;

type Make = (random: Random) => SimulatedEvent;

const person = (random: Random): number => random.int(0, PEOPLE - 1);
const some = (random: Random): number => random.int(0, 999);

/** People and what tells of them, often. */
const PEOPLES: readonly (readonly [number, Make])[] = [
  [60, (random) => ({ type: 'open', person: person(random), habit: random.pick(HABITS) })],
  [20, (random) => ({ type: 'peek', person: person(random), seconds: random.int(1, 12) })],
  [34, (random) => ({ type: 'run-cell', person: person(random), seconds: random.int(1, 150) })],
  [16, (random) => ({ type: 'run-and-leave', person: person(random), seconds: random.int(1, 150) })],
  [46, (random) => ({ type: 'close-tabs', person: person(random) })],
  [40, (random) => ({ type: 'background', person: person(random), method: random.pick(['GET', 'PUT']) })],
  [4, (random) => ({ type: 'crowd', person: person(random), count: random.int(2, 6) })],
  [6, (random) => ({ type: 'delete-session', person: person(random) })],
  [8, (random) => ({ type: 'stop-session', person: person(random) })],
  [26, (random) => ({ type: 'blind', blinding: random.pick(BLINDINGS), seconds: random.int(5, 100) })],
  [6, (random) => ({ type: 'blind', blinding: 'nothing-tells', seconds: random.int(40, 100) })],
];

/** The faults of the loop, less often than there. */
const FAULTS: readonly (readonly [number, Make])[] = [
  [18, (random) => ({ type: 'fault', call: random.pick(['any', ...CALLS]), fault: random.pick(CALL_FAULTS), count: random.int(1, 3) })],
  [5, (random) => ({ type: 'list-fault', fault: random.pick(LIST_FAULTS), count: random.int(1, 3) })],
  [7, (random) => ({ type: 'stream-fault', fault: random.pick(STREAM_FAULTS), count: random.int(1, 6) })],
  [3, (random) => ({ type: 'outage', outage: random.pick(OUTAGES), seconds: random.int(5, 150) })],
  [4, (random) => ({ type: 'probe-fault', count: random.int(1, 5) })],
  [9, (random) => ({ type: 'traefik-restart', seconds: random.int(0, 20) })],
  [2, (random) => ({ type: 'service-deleted', pick: some(random) })],
  [2, (random) => ({ type: 'service-copied', pick: some(random) })],
  [3, (random) => ({ type: 'container-deleted', pick: some(random) })],
  [4, (random) => ({ type: 'container-stopped', pick: some(random) })],
  [6, (random) => ({ type: 'container-ends', pick: some(random) })],
  [3, (random) => ({ type: 'host-lost', pick: some(random), seconds: random.int(5, 120) })],
  [3, () => ({ type: 'image-changed' })],
  [3, (random) => ({ type: 'pool-resized', replicas: random.int(0, 5) })],
  [5, (random) => ({ type: 'clock-jumps', seconds: random.pick([-40, -20, -1, 2, 30, 3600]) })],
  [3, () => ({ type: 'resync' })],
  [10, (random) => ({ type: 'crash', afterCalls: random.int(0, 30), when: random.pick(['before', 'after']) })],
];

const MIX = [...PEOPLES, ...FAULTS, [1, () => ({ type: 'store-lost' })]] as const satisfies readonly (readonly [number, Make])[];

/** At least one of everything that people do, so that each seed meets each kind. */
const EACH_ONCE: readonly Make[] = [...PEOPLES, ...FAULTS.filter(([weight]) => weight > 3)].map(([, make]) => make);

/** What happens in the life of a seed of the idle suite: everybody comes in the first minute, and then all else. */
export function generateIdle(seed: number): Scheduled[] {
  const random = createRandom(seed);
  const arrivals = Array.from({ length: PEOPLE }, (_, index) =>
    at(random.int(0, 60_000), { type: 'open', person: index, habit: random.pick(HABITS) }),
  );
  const once = EACH_ONCE.map((make) => at(random.int(30_000, CHAOS_MS), make(random)));
  const rest = Array.from({ length: EVENTS - arrivals.length - once.length }, () =>
    at(random.int(1000, CHAOS_MS), random.weighted<Make>(MIX)(random)),
  );
  return [...arrivals, ...once, ...rest].sort((a, b) => a.atMs - b.atMs);
}

const at = (atMs: number, event: SimulatedEvent): Scheduled => ({ atMs, event });
