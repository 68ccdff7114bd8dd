import { failsOverOnErrors, readsDocument } from '@mooring/controller';
import { FRONT_HEADER } from '@mooring/resources';
import { z } from 'zod';
import type { Settings } from '../config/keys.js';
import { type Finding, fine, problem, warning } from './finding.js';
import { jsonOf } from './json.js';
import { type Look, type Seen, wordsFor } from './look.js';

const versionSchema = z.object({ Version: z.string().max(64) });

/** What Traefik's `/api/version` says; undefined where it says none. */
function versionIn(seen: Seen): string | undefined {
  if ('error' in seen || seen.status !== 200) return undefined;
  return versionSchema.safeParse(jsonOf(seen.text)).data?.Version;
}

type Routing = Pick<Settings, 'MOORING_ROUTES' | 'MOORING_FRONT_URL'>;

const VERSION = 'Traefik version';

/** Whether this Traefik can live by what the configuration gives it. */
export function judgeVersion(seen: Seen, routing: Routing): Finding {
  const version = versionIn(seen);
  const byDocument = readsDocument(version);
  if (version === undefined || byDocument === undefined) return unknownVersion(version ?? wordsFor(seen), routing);
  const wanted = byDocument ? 'http' : 'labels';
  const { MOORING_ROUTES: routes } = routing;
  if (routes !== 'auto' && routes !== wanted)
    return problem(VERSION, `Traefik is ${version}, and MOORING_ROUTES is ${routes}`, `set MOORING_ROUTES to ${wanted}, or to auto`);
  return byDocument ? judgeThree(version, routing) : fine(VERSION, `Traefik is ${version}, and has its routes from the services' labels`);
}

function unknownVersion(what: string, { MOORING_ROUTES: routes }: Routing): Finding {
  const tell = routes === 'auto' ? problem : warning;
  return tell(
    VERSION,
    `Traefik's API tells no version that is known: ${what}`,
    'set MOORING_TRAEFIK_API_URL to where its API is, and let it answer /api/version there; or set MOORING_ROUTES to labels (Traefik 2) or http (Traefik 3)',
  );
}

function judgeThree(version: string, { MOORING_FRONT_URL: frontUrl }: Routing): Finding {
  if (frontUrl === undefined)
    return problem(
      VERSION,
      `Traefik is ${version}, and there is no document for it`,
      'set MOORING_FRONT_URL to where Traefik reaches the front, such as http://mooring:5000',
    );
  if (failsOverOnErrors(version)) return fine(VERSION, `Traefik is ${version}, and has its routes over the HTTP provider`);
  return warning(
    VERSION,
    `Traefik is ${version}: who opens a page while its container goes gets a 502`,
    'take Traefik 3.7 or later, which fails over to the waiting page',
  );
}

/** Whoever can ask for the routers reads every cookie in their rules; session containers are on the same network as this one. */
export function judgeApi(seen: Seen): Finding {
  const check = "Traefik's API";
  if ('error' in seen || seen.status !== 200) return fine(check, 'it shows nobody the routers');
  return problem(
    check,
    'it shows the routers, and with them every session cookie, to whoever reaches it: session containers, too',
    'set api.insecure to false, and give only /api/version away: a router with the rule Path(`/api/version`), the entry point traefik and the service api@internal',
  );
}

/** The metrics that tell who has connections and requests. */
export function judgeMetrics(seen: Seen): Finding {
  const check = "Traefik's metrics";
  const cure = 'turn on metrics.prometheus with addServicesLabels, on an entry point that Mooring reaches, and correct traefik_metrics';
  if ('error' in seen || seen.status !== 200) return problem(check, `they can't be read: ${wordsFor(seen)}`, cure);
  if (!/^# TYPE traefik_/m.test(seen.text)) return problem(check, 'what answers there are no metrics of Traefik', cure);
  if (!/^traefik_service_/m.test(seen.text))
    return warning(check, 'they tell of no service yet, and so of nobody: no session was used, or addServicesLabels is off', cure);
  return fine(check, 'they tell of services');
}

export function judgeEntryPoint(seen: Seen): Finding {
  const check = "Traefik's entry point";
  if ('error' in seen) return problem(check, `it is not reached: ${seen.error}`, 'correct MOORING_TRAEFIK_URL');
  if (seen.headers.has(FRONT_HEADER)) return fine(check, 'it leads to the front');
  return problem(
    check,
    `it does not lead to the front: it answers ${seen.status}`,
    'start mooring serve; give Traefik a route with priority 1 from /narrative and /api/v1/ to it, on these hosts (hostname) and this entry point',
  );
}

/** With Traefik's own throttle of two seconds a change takes that long. */
const SLOW_SECONDS = 1.5;
const FEWEST = 5;

/** How long routes took from their container's answer until they were seen live, out of serve's own metrics. */
export function judgeThrottle(metrics: Seen): Finding[] {
  if ('error' in metrics || metrics.status !== 200) return [];
  const value = (name: string, condition: string): number =>
    Number(new RegExp(`^mooring_session_start_seconds_${name}\\{condition="${condition}"\\} (\\S+)$`, 'm').exec(metrics.text)?.[1] ?? 0);
  const [reached, routed] = [value('count', 'Reachable'), value('count', 'Routed')];
  if (Math.min(reached, routed) < FEWEST) return [];
  const seconds = value('sum', 'Routed') / routed - value('sum', 'Reachable') / reached;
  const check = "Traefik's throttle";
  if (seconds < SLOW_SECONDS) return [fine(check, `a route is live ${seconds.toFixed(1)} s after its container answers`)];
  return [
    warning(
      check,
      `a route is live only ${seconds.toFixed(1)} s after its container answers`,
      "set Traefik's providers.providersThrottleDuration to 50ms (2s by itself) and providers.http.pollInterval to 100ms, with their units",
    ),
  ];
}

/** Whether Traefik has ever asked the running serve for the document, out of serve's own metrics. */
export function judgeFetch(metrics: Seen, { MOORING_ROUTES: routes }: Pick<Settings, 'MOORING_ROUTES'>): Finding[] {
  if ('error' in metrics || metrics.status !== 200) return [];
  const at = Number(/^mooring_routes_fetched_timestamp_seconds (\S+)$/m.exec(metrics.text)?.[1] ?? Number.NaN);
  if (Number.isNaN(at)) return [];
  const check = "Traefik's HTTP provider";
  if (at > 0) return [fine(check, 'Traefik fetches the document')];
  const endpoint = 'providers.http.endpoint to /traefik/config of the internal listener';
  if (routes === 'http')
    return [problem(check, 'nobody has fetched the document', `set Traefik's ${endpoint}, and the token in providers.http.headers`)];
  return [
    warning(
      check,
      'nobody has fetched the document: with Traefik 2, who asks while a container comes or goes gets a 502; with 3, nobody gets anywhere',
      `set Traefik's ${endpoint}; Traefik 2 takes the token as a password in it`,
    ),
  ];
}

interface TraefikSite {
  settings: Settings;
  apiUrl: string | undefined;
}

/** Looks at Traefik as its neighbours see it. */
export async function examineTraefik({ settings, apiUrl }: TraefikSite, look: Look): Promise<Finding[]> {
  const {
    MOORING_TRAEFIK_URL: entryPoint,
    hostname: [host],
  } = settings;
  const api = apiUrl?.replace(/\/+$/, '');
  // Not a navigation, so that it starts nothing.
  const asTab = { 'sec-fetch-mode': 'cors', ...(host !== undefined && { host }) };
  const [front, metrics] = await Promise.all([look(`${entryPoint.replace(/\/+$/, '')}/narrative/`, asTab), look(settings.traefik_metrics)]);
  const asked = api === undefined ? [] : [judgeVersion(await look(`${api}/api/version`), settings)];
  const open = await look(`${api ?? new URL(settings.traefik_metrics).origin}/api/http/routers`);
  return [...asked, judgeApi(open), judgeMetrics(metrics), judgeEntryPoint(front)];
}
