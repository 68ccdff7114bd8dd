import type { ObjectCache, ProbeProof, ReaperReport, Store, UseLog } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { ApiParts } from './api/parts.js';
import type { ContainersOptions } from './containers/options.js';
import type { DirectSettings } from './direct/settings.js';
import type { IdentityProvider } from './identity/identity.js';
import type { LocalIdentityProvider } from './identity/local.js';
import type { OidcProvider } from './identity/oidc/provider.js';
import type { TrustedHeader } from './identity/trusted-header.js';
import type { SessionLimits } from './limits/places.js';
import type { Rates } from './limits/rate.js';
import type { CountClaim } from './narrative/metrics.js';
import type { UsualStart } from './narrative/usual.js';
import type { StartKind } from './sessions/start.js';
import type { UpgradesOptions } from './upgrades/routes.js';

export interface FrontSettings {
  /** The cookie that routes a person to their session, e.g. `narrative_session`. */
  sessionCookie: string;
  /** The cookie that holds a person's token, e.g. `kbase_session`. */
  kbaseCookie: string;
  /** How sessions are named: `{}` stands for the person, e.g. `narrative-{}`. */
  containerName: string;
  /** The SessionTemplate that new sessions are copied from. */
  templateName: string;
  /**
   * The page that a browser is led to once the session is ready: a path on the same origin in which `{}` stands for what was asked for
   * below /narrative/, as in `/load-narrative.html?n={}&check=true`. Without it, what was asked for.
   */
  readyPage?: string;
  /** Whom people ask for help: an address of mail or of a page, or words; `the operators` where it is missing. */
  contact?: string;
  /** The role of those who are told what runs and may end others' sessions; nobody's where it is missing. */
  statusRole?: string;
  /** Addresses and networks whose X-Forwarded-* headers are believed; the loopback by default. */
  trustedProxies?: string[];
  /** Addresses and networks that may call /reaper/; 127.0.0.1 by default. */
  reaperNetworks?: string[];
  /** How many requests may come from one person, and from one address; no limits where it is missing. */
  rates?: Rates;
  /** How many sessions may run at once; no limits where it is missing. */
  sessionLimits?: SessionLimits;
  /** Event streams open at once, in all and for one person; and the milliseconds between two heartbeats on each. */
  events?: { maxStreams?: number; maxPerPerson?: number; heartbeatMs?: number };
}

export interface FrontOptions {
  /** Told how each new session came to be. */
  countClaim?: CountClaim;
  store: Store;
  sessions: Pick<ObjectCache<'Session'>, 'get' | 'byUid' | 'labelled' | 'list' | 'subscribe'>;
  templates: Pick<ObjectCache<'SessionTemplate'>, 'get'>;
  identity: IdentityProvider | TrustedHeader;
  /** Turns the sign-in pages on; the same provider as `identity`. */
  local?: LocalIdentityProvider;
  /** Lets people sign in at an OpenID provider; the same provider as `identity`. */
  oidc?: OidcProvider;
  settings: FrontSettings;
  /** Where each navigation to a session is noted: one who navigates is somebody who uses it. */
  uses: Pick<UseLog, 'note' | 'last'>;
  /** When a session was last seen to be used, by its uid, in ms since the epoch; undefined where that isn't known. */
  lastActive?: (uid: string) => number | undefined;
  /** How long recent starts took, in seconds; undefined where that isn't known. */
  usualStart?: (kind: StartKind) => UsualStart | undefined;
  /** /api/v1 is there where it is given. */
  api?: ApiParts;
  /** The container API, /v1, is there where it is given. */
  containers?: ContainersOptions;
  /** What runs here, for the status. */
  about?: { version: string; commit: string };
  /** Traefik asks here whose a request to a session is; `proof` is what the controller's probes show. Nobody is asked where it is missing. */
  verify?: { proof: ProbeProof };
  /** /upgrade and /ping are there where it is given. */
  upgrades?: UpgradesOptions;
  /** Containers are asked for by their names where it is given. */
  direct?: DirectSettings;
  /** In ms since the epoch. */
  now: () => number;
  /** Looks for sessions that nobody uses now rather than by the timer; /reaper/ is there where it is given. */
  reap?: () => Promise<ReaperReport>;
  registry: Registry;
  logger: Logger;
  /** Where the lines of the audit go; to `logger`'s place where it is missing. */
  auditLogger?: Logger;
}
