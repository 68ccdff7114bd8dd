import { isNamedRoute, type OpenRoute, PROBE_HEADER, type Probe, type ProbeProof, type Session, signedInstance } from '@mooring/resources';
import type { OwnRequests } from '../activity/own-requests.js';
import { originOf } from '../routes/address.js';
import type { Asker, ProbeTarget } from '../routes/prober.js';
import { PAST_COVER_HEADER } from '../routes/rules.js';
import { coveredRouteVerdict, reachVerdict, routeVerdict } from '../routes/verdicts.js';
import type { ObservedContainer, ProbeResult, RouteSeen } from './observed.js';

/** How a route is seen live. */
export interface RouteCheck {
  /** The origin of Traefik's entry point, as the controller reaches it. */
  entryPointUrl: string;
  /** Whether Traefik has the routes from our document, rather than from the services' labels. */
  byDocument: () => boolean;
  /** Told of each request through Traefik: Traefik counts it as it counts anybody's. */
  own?: OwnRequests | undefined;
  /** What a probe shows to who verifies requests; missing where nobody does. */
  proof?: ProbeProof | undefined;
}

/** What is asked of one route. */
export interface RouteQuestion extends RouteCheck {
  /** Whether the front answers what no container does. */
  hasFallback: boolean;
  /** Whether to ask where the labels lead, past the waiting page that is laid over them. */
  pastCover?: true;
}

const UNHEALTHY: ProbeResult = { ok: false, detail: 'its health check says that it is unhealthy' };

/** What the container's own health check says, where it is to be heard and there is one. */
export function healthResult({ by }: Probe, { health }: Pick<ObservedContainer, 'health'>): ProbeResult | undefined {
  if (health === undefined || (by !== 'health-or-http' && by !== 'health-or-tcp')) return undefined;
  if (health === 'healthy') return { ok: true, detail: 'its health check says that it is healthy' };
  return health === 'unhealthy' ? UNHEALTHY : { ok: false, detail: 'its health check has not passed yet' };
}

/** Whether waiting any longer is in vain: its own health check has given it up. */
export const isGivenUp = (probe: Probe, container: Pick<ObservedContainer, 'health'>): boolean =>
  healthResult(probe, container) === UNHEALTHY;

async function connectTo(prober: Asker, host: string, { port, deadlineMs }: { port: number; deadlineMs: number | undefined }) {
  const { error } = (await prober.connect?.({ host, port, deadlineMs })) ?? {};
  return error === undefined ? { ok: true, detail: 'it takes connections' } : { ok: false, detail: error };
}

/** Asks the container itself. */
export async function askContainer(
  prober: Asker,
  { spec: { probe, launch } }: Session,
  container: Pick<ObservedContainer, 'health'> & { ip: string },
): Promise<ProbeResult> {
  const health = healthResult(probe, container);
  if (health) return health;
  const { port = launch.port, timeoutSeconds, okStatus, path } = probe;
  const deadlineMs = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000;
  const byTcp = probe.by === 'tcp' || probe.by === 'health-or-tcp';
  if (byTcp && prober.connect) return connectTo(prober, container.ip, { port, deadlineMs });
  return reachVerdict(await prober.ask({ origin: originOf({ ip: container.ip, port }), path, deadlineMs }), okStatus);
}

/** A request that the route leads to the container, and no other route does. */
function requestFor(route: OpenRoute, secret: string, probe: Probe): Pick<ProbeTarget, 'path'> & { cookie?: string } {
  switch (route.type) {
    case 'cookie':
      return {
        path: probe.path.startsWith(route.pathPrefix) ? probe.path : route.pathPrefix,
        cookie: `${route.cookieName}=${secret}`,
      };
    case 'instance':
      return { path: '/', cookie: `${route.cookieName}=${signedInstance(route.name, secret)}` };
    case 'path':
      return { path: `${route.path}/` };
  }
}

/** Asks through Traefik, with the session's cookie, as its owner's browser would. Routes are `ok` only when the container answered. */
export async function askRoute(prober: Asker, session: Session, secret: string, check: RouteQuestion): Promise<RouteSeen> {
  const { route, probe } = session.spec;
  const { entryPointUrl, own, proof, hasFallback, pastCover } = check;
  const { uid } = session.metadata;
  if (route.type === 'none') return { ok: false, detail: 'the session has no route' };
  const [host] = route.hosts;
  const { path, cookie } = requestFor(route, secret, probe);
  const headers = {
    ...(cookie !== undefined && { cookie }),
    ...(host !== undefined && { host }),
    ...(proof !== undefined && { [PROBE_HEADER]: proof(uid) }),
    ...(pastCover && { [PAST_COVER_HEADER]: '1' }),
  };
  const end = own?.begin(uid);
  const verdict = isNamedRoute(route) && hasFallback ? coveredRouteVerdict : routeVerdict;
  const { who, detail, unsure = false } = verdict(await prober.ask({ origin: entryPointUrl, path, headers }));
  end?.(who !== 'front');
  return { ok: who === 'session', detail, unsure };
}
