import type { Session, Store } from '@mooring/resources';
import type { Asker } from '../routes/prober.js';
import type { RouteTable } from '../routes/table.js';
import type { Clock } from '../runtime/clock.js';
import { type Result, TerminalError } from '../runtime/controller.js';
import { FIRST_PROBE_MS, lookDelay, type Remembered } from './memory.js';
import { isRouteGone, type Observed, type ProbeResult, type RouteSeen, runningContainer } from './observed.js';
import { wantsRoute } from './plan.js';
import { askRoute, type RouteCheck } from './probes.js';

export interface RoutingParts {
  table: RouteTable;
  prober: Asker;
  routeCheck: RouteCheck;
  store: Store;
  clock: Clock;
}

/** Traefik fetches the document every 100 ms to some seconds; this is only for when it doesn't. */
const UNTIL_SERVED_MS = 5000;
/** Where labels are the routes and nothing is laid over them, a route goes when its service does, and not before. */
const LEFT_TO_LABELS: ProbeResult = { ok: false, detail: 'Traefik takes the route away together with the service' };
/** A Traefik that fetches the waiting page's route and doesn't lead there after so long, in ms, won't. */
const COVERS_WITHIN_MS = 10_000;
const COVER_LAID = 'the waiting page to be laid over its labels';
/** A start waits so long for it at most, in ms: a Traefik that polls every 100 ms has it by then, and one that polls seldom costs nobody more. */
const COVER_FIRST_MS = 500;
const NOW: Result = { requeueAfterMs: 0 };

/**
 * Lays the route that is wanted. The record says so already: after a crash, what Traefik may have fetched meanwhile is in the first document
 * again.
 */
export async function layRoute(session: Session, observed: Observed, memory: Remembered, parts: RoutingParts): Promise<void> {
  const { name, uid } = session.metadata;
  const container = runningContainer(observed.services[0]);
  if (!wantsRoute(session, observed) || !container || session.spec.route.type === 'none') return;
  const secret = await secretOf(uid, parts);
  if (secret === undefined) throw new TerminalError(`the session ${name} has no secret to route by`);
  const address = { ip: container.ip, port: session.spec.launch.port };
  if (parts.table.set({ uid, route: session.spec.route, secret, address })) forgetRouted(observed, memory);
}

export function takeRoute({ metadata }: Session, observed: Observed, memory: Remembered, { table }: RoutingParts): void {
  if (table.delete(metadata.uid)) forgetRouted(observed, memory);
}

/** States in which a Traefik that reads labels has taken the route away by itself. */
const WITHOUT_LABEL_ROUTE = new Set(['inactive', 'removed', 'purging', 'purged']);

/**
 * Whether the waiting page is to answer in a Session's place, where its service's labels are the route: they lead to its container from before it
 * answers until after it has gone. For what is to be started it is laid before: Traefik may know of the container sooner than we do.
 */
export function wantsCover(session: Session, observed: Observed): boolean {
  if (session.spec.route.type === 'none' || wantsRoute(session, observed)) return false;
  const isToRun = session.spec.running && session.metadata.deletionTimestamp === undefined;
  return isToRun || observed.services.some(({ state }) => !WITHOUT_LABEL_ROUTE.has(state));
}

/**
 * Lays the waiting page over the labels' route. It goes when that is seen to lead to the container (`confirmRoute`), and some time after what has
 * stopped.
 */
export async function coverRoute(session: Session, observed: Observed, parts: RoutingParts): Promise<void> {
  const { table, clock } = parts;
  const { uid } = session.metadata;
  const { route } = session.spec;
  if (route.type === 'none' || wantsRoute(session, observed)) return;
  if (!wantsCover(session, observed)) return table.uncoverLater(uid, clock.now());
  if (table.withSessions !== false || table.isCovered(uid)) return;
  const secret = await secretOf(uid, parts);
  if (secret !== undefined) table.cover({ uid, route, secret });
}

/**
 * Whether a start is to wait until Traefik has fetched the waiting page's route: with labels, requests come to the container as soon as Rancher
 * calls it running, whether or not it answers. Where Traefik doesn't come for it soon, nobody waits any longer.
 */
export function awaitCover({ metadata: { uid } }: Session, memory: Remembered, { table, clock }: RoutingParts): Result | undefined {
  const now = clock.now();
  if (!table.isCovered(uid) || table.isServed(uid) || !table.isFetched(now)) return undefined;
  lookDelay(memory, COVER_LAID, now, FIRST_PROBE_MS);
  const leftMs = (memory.waiting?.since ?? now) + COVER_FIRST_MS - now;
  return leftMs > 0 ? { requeueAfterMs: leftMs, untried: true } : undefined;
}

/** What was known of the old route says nothing of the new one. */
function forgetRouted(observed: Observed, memory: Remembered): void {
  memory.routed = undefined;
  memory.askedAt = undefined;
  observed.routed = undefined;
  if (observed.idle) observed.idle.asked = false;
}

/** Asks Traefik whether the route is live, or gone. */
export async function confirmRoute(session: Session, live: boolean, memory: Remembered, parts: RoutingParts): Promise<Result> {
  const { uid } = session.metadata;
  const { table, routeCheck } = parts;
  const byDocument = routeCheck.byDocument();
  if (!live && !byDocument && isLeftToLabels(uid, memory, parts)) {
    memory.routed = LEFT_TO_LABELS;
    return NOW;
  }
  if (live && table.isCovered(uid)) return uncoverRoute(session, memory, parts);
  // A document that nobody has fetched yet can't be live; the table says when it was.
  if ((byDocument || !live) && !table.isServed(uid)) return { requeueAfterMs: UNTIL_SERVED_MS };
  return seeRoute(session, live, memory, parts);
}

async function seeRoute(session: Session, live: boolean, memory: Remembered, parts: RoutingParts): Promise<Result> {
  const { clock } = parts;
  memory.routed = await ask(session, parts);
  if (live ? memory.routed.ok : isRouteGone(memory.routed)) return NOW;
  return { requeueAfterMs: lookDelay(memory, awaited(live), clock.now(), FIRST_PROBE_MS) };
}

/** Traefik may hear of the container later than we do: the waiting page goes when the labels are seen to lead there. */
async function uncoverRoute(session: Session, memory: Remembered, parts: RoutingParts): Promise<Result> {
  const { table, clock } = parts;
  const led = await ask(session, parts, { pastCover: true });
  if (led.ok) table.uncover(session.metadata.uid);
  else memory.routed = led;
  return { requeueAfterMs: lookDelay(memory, awaited(true), clock.now(), FIRST_PROBE_MS) };
}

/** Where Traefik fetches the document, the front answers all that no container does, whether or not that has the sessions' routes, too. */
async function ask(session: Session, parts: RoutingParts, how: { pastCover?: true } = {}): Promise<RouteSeen> {
  const { table, prober, routeCheck, clock } = parts;
  const secret = (await secretOf(session.metadata.uid, parts)) ?? '';
  const hasFallback = routeCheck.byDocument() || table.isFetched(clock.now());
  return askRoute(prober, session, secret, { ...routeCheck, ...how, hasFallback });
}

const secretOf = async (uid: string, { table, store }: RoutingParts): Promise<string | undefined> =>
  table.get(uid)?.secret ?? (await store.secret(uid));

const awaited = (live: boolean): string => `the route to be ${live ? 'live' : 'gone'}`;

/** Whether nobody lays the waiting page over the labels' route: Traefik doesn't fetch the document, or doesn't go by it. */
function isLeftToLabels(uid: string, { waiting }: Remembered, { table, clock }: RoutingParts): boolean {
  const now = clock.now();
  if (!table.isFetched(now) || !table.isCovered(uid)) return true;
  return waiting?.what === awaited(false) && now - waiting.since > COVERS_WITHIN_MS;
}
