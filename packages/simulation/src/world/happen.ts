import { KINDS, type Kind, type KindMap, type Store } from '@mooring/resources';
import { IDLE_HAPPENINGS } from '../idle/happen.js';
import type { SimulatedEvent } from '../schedule/events.js';
import { TEMPLATE } from './process.js';
import type { World } from './world.js';

type Of<T extends SimulatedEvent['type']> = Extract<SimulatedEvent, { type: T }>;
type Happenings = { [T in SimulatedEvent['type']]: (world: World, event: Of<T>) => unknown };

const choose = <T>(items: readonly T[], pick: number): T | undefined => items[pick % Math.max(1, items.length)];
const later = (seconds: number, act: () => void): void => void setTimeout(act, seconds * 1000);
const ours = (world: World) => world.centre.services();

/** What each event does to the world. */
const HAPPENINGS: Happenings = {
  ...IDLE_HAPPENINGS,
  navigate: (world, { person }) => world.people.navigate(world.people.person(person), world.process),
  crowd: (world, { person, count }) =>
    Promise.all(Array.from({ length: count }, (_, index) => world.people.navigate(world.people.person(person + index), world.process))),
  'delete-session': (world, event) => {
    const person = world.people.person(event.person);
    return world.people.remove(person, world.process, () => world.hasUnrecorded(person.user));
  },
  'stop-session': (world, { person }) => world.people.stop(world.people.person(person), world.process),
  fault: ({ faults }, { call, fault, count }) => faults.arm(call, fault, count),
  'list-fault': ({ faults }, { fault, count }) => faults.armList(fault, count),
  'stream-fault': ({ stream }, { fault, count }) => stream.arm(fault, count),
  outage: (world, { outage, seconds }) => {
    world.beginOutage();
    world.faults.outage = outage;
    later(seconds, () => world.endOutage());
  },
  'probe-fault': (world, { count }) => world.faults.armProbes(count),
  'traefik-restart': (world, { seconds }) => world.traefik.restart(seconds * 1000),
  'service-deleted': (world, { pick }) => {
    const service = choose(ours(world), pick);
    if (service) world.centre.delete(`/services/1s${service.id}`);
    world.forgiveUnrecorded();
  },
  'service-copied': (world, { pick }) => {
    const service = choose(ours(world), pick);
    if (service) world.centre.post('/services', copyOf(service, world.centre.stackId));
  },
  'name-taken': (world, { person }) => {
    const { user } = world.people.person(person);
    world.centre.post('/services', { name: `narrative-${user}`, stackId: world.centre.stackId, launchConfig: FOREIGN });
    world.centre.post('/services', { name: `foreign-${user}`, stackId: world.centre.stackId, launchConfig: FOREIGN });
  },
  'container-deleted': ({ centre }, { pick }) => {
    const container = choose(centre.containers(), pick);
    if (container) centre.delete(`/containers/1i${container.id}`);
  },
  'container-stopped': ({ centre }, { pick }) => {
    const container = choose(centre.containers(), pick);
    if (container) centre.post(`/containers/1i${container.id}?action=stop`, {});
  },
  'container-ends': ({ centre }, { pick }) => {
    const container = choose(centre.containers(), pick);
    if (container) centre.exit(container);
  },
  'container-cannot-start': ({ centre }, { pick, seconds }) => {
    const container = choose(centre.containers(), pick);
    if (!container) return;
    centre.setStartable(container, false);
    centre.exit(container);
    later(seconds, () => centre.setStartable(container, true));
  },
  'host-lost': ({ centre }, { pick, seconds }) => {
    const host = `1h${1 + (pick % 3)}`;
    centre.setHost(host, false);
    later(seconds, () => centre.setHost(host, true));
  },
  'host-removed': ({ centre }, { pick }) => centre.removeHost(1 + (pick % 3)),
  'stack-recreated': (world) => {
    world.centre.removeStack();
    world.forgiveUnrecorded();
    later(5, () => world.centre.makeStack());
  },
  'image-changed': async (world) => {
    const [major, minor] = world.version.split('.').map(Number);
    world.version = `${major}.${(minor ?? 0) + 1}`;
    await respec(world.process?.store, 'SessionTemplate', world.template().spec);
  },
  'pool-resized': async (world, { replicas }) => {
    world.poolReplicas = replicas;
    await respec(world.process?.store, 'WarmPool', { templateRef: { name: TEMPLATE }, replicas, sessionName: 'narrativepre-{}' });
  },
  'clock-jumps': (world, { seconds }) => {
    world.clockOffsetMs += seconds * 1000;
    world.site?.clockJumped(seconds);
  },
  resync: (world) => world.process?.resync(),
  crash: (world, { afterCalls, when }) => world.process?.life.crashIn(afterCalls, when),
  'store-lost': (world) => world.loseStore(),
};

const FOREIGN = { imageUuid: 'docker:acme/web:1', labels: {} };

function copyOf({ name, launchConfig, metadata }: { name: string; launchConfig: unknown; metadata: unknown }, stackId: string): object {
  return { name: `${name.slice(0, 50)}-copy`, stackId, launchConfig, metadata, startOnCreate: true };
}

/** Answers when what the event begins has been begun. */
export function happen(world: World, event: SimulatedEvent): unknown {
  world.tally.count(`event ${event.type}`);
  return (HAPPENINGS[event.type] as (world: World, event: SimulatedEvent) => unknown)(world, event);
}

/** The end of all trouble: what people broke is mended, and the configuration is as it was last meant. */
export async function mend(world: World): Promise<void> {
  world.endTrouble();
  await respec(world.store, 'SessionTemplate', world.template().spec);
  await respec(world.store, 'WarmPool', { templateRef: { name: TEMPLATE }, replicas: world.poolReplicas, sessionName: 'narrativepre-{}' });
}

/** An operator's change of a configured object. */
async function respec<K extends Kind & ('SessionTemplate' | 'WarmPool')>(store: Store | undefined, kind: K, spec: unknown): Promise<void> {
  const stored = await store?.get(kind, TEMPLATE);
  if (!store || !stored) return;
  const changed = { ...stored, spec: KINDS[kind].shape.spec.parse(spec) } as KindMap[K];
  await store.update(kind, changed).catch(() => undefined);
}
