import { PROBE_HEADER, type ProbeProof, type Session } from '@mooring/resources';
import type { OwnRequests } from '../activity/own-requests.js';
import { originOf } from '../routes/address.js';
import type { Asker } from '../routes/prober.js';
import { reachVerdict, routeVerdict } from '../routes/verdicts.js';
import type { ProbeResult, RouteSeen } from './observed.js';

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

/** Asks the container itself. */
export async function askContainer(prober: Asker, session: Session, ip: string): Promise<ProbeResult> {
  return reachVerdict(await prober.ask({ origin: originOf({ ip, port: session.spec.launch.port }), path: session.spec.probe.path }));
}

/** Asks through Traefik, with the session's cookie, as its owner's browser would. Routes are `ok` only when the container answered. */
export async function askRoute(prober: Asker, session: Session, secret: string, check: RouteCheck): Promise<RouteSeen> {
  const { route, probe } = session.spec;
  const { entryPointUrl, own, proof } = check;
  const { uid } = session.metadata;
  if (route.type !== 'cookie') return { ok: false, detail: 'the session has no route' };
  const [host] = route.hosts;
  const path = probe.path.startsWith(route.pathPrefix) ? probe.path : route.pathPrefix;
  const headers = {
    cookie: `${route.cookieName}=${secret}`,
    ...(host !== undefined && { host }),
    ...(proof !== undefined && { [PROBE_HEADER]: proof(uid) }),
  };
  const end = own?.begin(uid);
  const { who, detail, unsure = false } = routeVerdict(await prober.ask({ origin: entryPointUrl, path, headers }));
  end?.(who !== 'front');
  return { ok: who === 'session', detail, unsure };
}
