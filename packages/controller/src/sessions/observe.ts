import { newVersionOf, type ObjectCache, POOL_LABEL, type Session, UPDATE_FAILED_ANNOTATION } from '@mooring/resources';
import { troubleOf } from './apply.js';
import { type ActivityView, observeIdle } from './idle.js';
import { whyLate } from './late.js';
import { launchHash } from './launch-hash.js';
import type { Remembered } from './memory.js';
import { type NewVersion, type Observed, runningContainer } from './observed.js';
import { wantsRoute } from './plan.js';
import type { RancherView } from './rancher-view.js';
import { type RoutingParts, takeRoute } from './routing.js';
import { isBeingReplaced } from './update.js';

export interface ObserverParts extends RoutingParts {
  view: RancherView;
  activity: ActivityView;
  sessions: Pick<ObjectCache<'Session'>, 'list'>;
  templates: Pick<ObjectCache<'SessionTemplate'>, 'get'>;
}

/** So many are updated at once without anybody asking. */
const UPDATES_AT_ONCE = 20;

/** What decisions about the Session follow from. A route that is not wanted any more goes at once; one that is wanted waits for the record. */
export async function observe(session: Session, memory: Remembered, parts: ObserverParts): Promise<Observed> {
  const isDue = memory.readAt !== undefined && parts.clock.now() >= memory.readAt;
  let sure = isDue ? await readBack(session, memory, parts) : true;
  let observed = current(session, memory, parts);
  // An event or a list that is wrong, partial or late takes nobody's route away, nor makes a second service: what was there is asked for by its id.
  if (!isDue && misses(session, observed, parts)) {
    sure = await readBack(session, memory, parts);
    observed = current(session, memory, parts);
  }
  observed.inDoubt = !sure && misses(session, observed, parts);
  if (!observed.inDoubt && !wantsRoute(session, observed)) takeRoute(session, observed, memory, parts);
  return observed;
}

/** Asks Rancher for what an event may tell late or never; answers whether it could be asked. */
async function readBack(session: Session, memory: Remembered, { view }: ObserverParts): Promise<boolean> {
  memory.readAt = undefined;
  try {
    await view.readBack(session);
    memory.trouble = undefined;
    return true;
  } catch (error) {
    memory.trouble = troubleOf(error);
    return false;
  }
}

function current(session: Session, memory: Remembered, parts: ObserverParts): Observed {
  const { view, activity, clock } = parts;
  const services = view.services(session);
  const run = runningContainer(services[0])?.run;
  if (memory.run !== run) {
    memory.run = run;
    memory.reach = undefined;
  }
  memory.hasRun ||= run !== undefined;
  const idle = observeIdle(session, memory, { activity, now: clock.now() });
  const { hasRun, reach, routed, trouble } = memory;
  const update = observeUpdate(session, services[0]?.launch, memory, clock.now());
  const newVersion = newVersionFor(session, idle.isQuiet === true, parts);
  const isServed = (reach?.ok ?? false) && (routed?.ok ?? false);
  // What is being updated has its own patience, and goes back to what it was where it isn't enough.
  const service = isBeingReplaced(session, { services, update }) ? undefined : services[0];
  const late = whyLate(session, memory, { service, isServed, now: clock.now() });
  return { services, neverSeenRunning: !hasRun, reach, routed, trouble, idle, late, newVersion, ...(update && { update }) };
}

function observeUpdate({ spec }: Session, launches: string | undefined, memory: Remembered, now: number): Observed['update'] {
  const isTaken = spec.update !== undefined && launches === launchHash(spec.update.launch);
  memory.updatingSince = isTaken ? (memory.updatingSince ?? now) : undefined;
  if (!spec.update) memory.updateHeldUntil = undefined;
  const held = !isTaken && memory.updateHeldUntil !== undefined && now < memory.updateHeldUntil;
  return spec.update && { forMs: now - (memory.updatingSince ?? now), held };
}

/** What waits in a pool is replaced by its pool; what is being updated gets that first. */
function newVersionFor(session: Session, isQuiet: boolean, { sessions, templates }: ObserverParts): NewVersion | undefined {
  const { metadata, spec } = session;
  if (spec.update || metadata.deletionTimestamp !== undefined || metadata.labels[POOL_LABEL] !== undefined) return undefined;
  const version = newVersionOf(session, templates.get(spec.templateRef?.name ?? ''));
  if (!version) return undefined;
  const hasFailed = metadata.annotations[UPDATE_FAILED_ANNOTATION] === launchHash(version.launch);
  const underWay = (): number => sessions.list().filter((other) => other.spec.update !== undefined).length;
  return { ...version, hasFailed, mayBegin: isQuiet && !hasFailed && underWay() < UPDATES_AT_ONCE };
}

/** Whether something is not seen any more that was there: the service, or the container that requests are led to. */
function misses({ metadata, spec, status }: Session, { services }: Observed, { table }: ObserverParts): boolean {
  if (metadata.deletionTimestamp) return false;
  if (services.length === 0 && status.service !== undefined) return true;
  const route = spec.running ? table.get(metadata.uid) : undefined;
  return route !== undefined && runningContainer(services[0])?.ip !== route.address.ip;
}
