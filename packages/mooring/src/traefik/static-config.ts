/** What Traefik is started with. Addresses are `host:port`. */
export interface TraefikOptions {
  /** `3.7.15` */
  version: string;
  entryPoint: string;
  /** Its API and metrics. */
  management: string;
  /** The whole URL of the route document. */
  routesUrl: string;
  /** The bearer token that the route document is guarded by. */
  routeToken: string;
  /** The file with the catch-all. */
  dynamicFile: string;
  /** How long it keeps a connection to a container that nobody uses, in ms: so long nobody can tell whose it is. */
  idleMs: number;
}

/** Options that older versions refuse, and with them the whole file. */
const HARDENED_SINCE = [3, 7, 15];

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const differing = wanted.findIndex((number, index) => number !== parts[index]);
  return differing < 0 || (parts[differing] ?? 0) > (wanted[differing] ?? 0);
}

/** A header whose name only looks like one that Traefik vouches for (X_Forwarded_For) goes no further. */
const NO_ALIASES = { aliasHeadersStrategy: 'delete' };

/** Jupyter's paths hold file names, so all but NUL may come encoded. */
const FILE_NAMES = {
  encodedCharacters: {
    allowEncodedSlash: true,
    allowEncodedBackSlash: true,
    allowEncodedNullCharacter: false,
    allowEncodedSemicolon: true,
    allowEncodedPercent: true,
    allowEncodedQuestionMark: true,
    allowEncodedHash: true,
  },
};

function entryPoint({ version, entryPoint: address }: TraefikOptions): object {
  return {
    address,
    // A header of hundreds of kilobytes would cost seconds of CPU in the cookie rules.
    http: { maxHeaderBytes: 12_288, ...(isAtLeast(version, HARDENED_SINCE) ? { ...NO_ALIASES, ...FILE_NAMES } : {}) },
    transport: {
      // Without it a stop waits 10 s for open websockets.
      lifeCycle: { requestAcceptGraceTimeout: '0s', graceTimeOut: '1s' },
      // Uploads of notebooks and long downloads have no time limit of their own.
      respondingTimeouts: { readTimeout: '0s', writeTimeout: '0s', idleTimeout: '180s' },
    },
  };
}

/**
 * Traefik 3's static configuration. Durations carry their units: a throttle of `50` would not poll at all.
 */
export function staticConfig(options: TraefikOptions): object {
  return {
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: 'WARN' },
    entryPoints: {
      web: entryPoint(options),
      traefik: {
        address: options.management,
        ...(isAtLeast(options.version, HARDENED_SINCE) ? { http: NO_ALIASES } : {}),
        transport: { lifeCycle: { graceTimeOut: '0s' } },
      },
    },
    serversTransport: { forwardingTimeouts: { idleConnTimeout: `${options.idleMs}ms` } },
    // Not `insecure`: the rules hold every cookie, so the file provider's router gives the API to loopback names only.
    api: { insecure: false, dashboard: false },
    metrics: { prometheus: { entryPoint: 'traefik', addEntryPointsLabels: true, addServicesLabels: true, addRoutersLabels: false } },
    providers: {
      providersThrottleDuration: '50ms',
      http: {
        endpoint: options.routesUrl,
        pollInterval: '100ms',
        pollTimeout: '5s',
        // Held while nothing changes: what changes is here at once.
        headers: { Authorization: `Bearer ${options.routeToken}`, Prefer: 'wait=1' },
      },
      file: { filename: options.dynamicFile, watch: false },
    },
  };
}
