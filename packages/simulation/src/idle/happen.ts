import type { World } from '../world/world.js';
import type { IdleEvent } from './events.js';
import type { Site } from './site.js';

type Of<T extends IdleEvent['type']> = Extract<IdleEvent, { type: T }>;
type Happenings = { [T in IdleEvent['type']]: (world: World, event: Of<T>) => unknown };

const onSite =
  <E extends IdleEvent>(act: (site: Site, event: E, world: World) => unknown) =>
  (world: World, event: E): unknown =>
    world.site && act(world.site, event, world);

/** What each event of the idle suite does to the world. */
export const IDLE_HAPPENINGS: Happenings = {
  open: onSite(({ visitors }, event, { people }) => visitors.open(people.person(event.person), event.habit)),
  peek: onSite(({ visitors }, event, { people }) => visitors.peek(people.person(event.person), event.seconds)),
  'run-cell': onSite(({ visitors }, event, { people }) => visitors.execute(people.person(event.person), event.seconds)),
  'run-and-leave': onSite(({ visitors }, event, { people }) => {
    visitors.execute(people.person(event.person), event.seconds);
    visitors.closeTabs(people.person(event.person));
  }),
  'close-tabs': onSite(({ visitors }, event, { people }) => visitors.closeTabs(people.person(event.person))),
  background: onSite(({ visitors }, event, { people }) => visitors.background(people.person(event.person), event.method)),
  blind: onSite(({ sight }, event) => sight.blind(event.blinding, event.seconds)),
};
