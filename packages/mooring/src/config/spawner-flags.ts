import type { ConfigProblem } from './rules.js';
import type { Environment } from './sources.js';
import { suggest } from './suggest.js';

/** What ContainerDirectRouting's command line comes to here. */
export interface SpawnerFlags {
  environment: Record<string, string>;
  /** Flags that are understood and mean nothing, with why. */
  unused: string[];
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Whole seconds of one of Go's durations, rounded up: 1m30s is 90. undefined where it is none. */
export function goSeconds(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)];
  return Math.ceil(parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? 0), 0) - 1e-9);
}

const BOOLEANS = new Set(['use-path-routing', 'use-cookie-routing', 'traefik-check-enabled', 'enable-mgmt-auth']);
const DURATIONS = new Set([
  'redirect-timeout',
  'health-check-interval',
  'http-probe-timeout',
  'token-expire-time',
  'token-cleanup-interval',
]);
const TEXTS = new Set(['container-prefix', 'cookie-key', 'cookie-fallback-url', 'traefik-base-url', 'traefik-platform', 'userspass-file']);
const NUMBERS = new Set(['health-check-retries', 'http-probe-ok-status']);
const ALL = [...BOOLEANS, ...DURATIONS, ...TEXTS, ...NUMBERS];

/** As a shell would split them, quotes heeded. */
const words = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));

const TRUE = /^(1|t|true)$/i;
const FALSE = /^(0|f|false)$/i;

function valueProblem(name: string, value: string): string | undefined {
  if (BOOLEANS.has(name)) return TRUE.test(value) || FALSE.test(value) ? undefined : 'must be true or false';
  if (DURATIONS.has(name)) return goSeconds(value) === undefined ? "must be one of Go's durations, such as 30s or 1m" : undefined;
  if (NUMBERS.has(name)) return /^\d{1,6}$/.test(value) ? undefined : 'must be a number';
  return undefined;
}

function parse(line: string): { flags: Map<string, string>; problems: ConfigProblem[] } {
  const flags = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  const rest = words(line);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = '', given] = /^--?([^=]+)(?:=(.*))?$/.exec(word) ?? [];
    const key = `--spawner-flags ${name === '' ? word : `-${name}`}`;
    if (!ALL.includes(name)) {
      const near = suggest(name, ALL);
      problems.push({ key, message: `is no flag of the spawner's${near ? `; did you mean -${near}?` : ''}` });
      continue;
    }
    const value = given ?? (BOOLEANS.has(name) ? 'true' : rest.shift());
    const message = value === undefined ? 'needs a value' : valueProblem(name, value);
    if (message !== undefined) problems.push({ key, ...(value !== undefined && { value: JSON.stringify(value) }), message });
    else flags.set(name, value ?? '');
  }
  return { flags, problems };
}

const DIRECT: readonly (readonly [string, string])[] = [
  ['cookie-key', 'MOORING_DIRECT_COOKIE'],
  ['cookie-fallback-url', 'MOORING_DIRECT_FALLBACK_URL'],
  ['userspass-file', 'MOORING_DIRECT_USERS_FILE'],
  ['http-probe-ok-status', 'MOORING_DIRECT_PROBE_STATUS'],
  ['traefik-base-url', 'MOORING_TRAEFIK_API_URL'],
];

const UNUSED: Readonly<Record<string, string>> = {
  'redirect-timeout': 'a container without a health check is ready when it takes connections, and nobody sleeps',
  'traefik-platform': 'routes are looked for by a request, and not by a name',
  'traefik-check-enabled': 'a route is always seen live before anybody is led there',
  'token-cleanup-interval': 'tokens are signed and not kept',
};

function routing(flags: ReadonlyMap<string, string>): string {
  const isOn = (name: string, otherwise: string): boolean => TRUE.test(flags.get(name) ?? otherwise);
  const kinds = [...(isOn('use-cookie-routing', 'true') ? ['cookie'] : []), ...(isOn('use-path-routing', 'false') ? ['path'] : [])];
  return kinds.join(',') || 'off';
}

const prefixOf = (text: string): string => `/${text.replaceAll(/^\/+|\/+$/g, '')}`;

function translate(flags: ReadonlyMap<string, string>): Record<string, string> {
  const environment: Record<string, string> = { MOORING_DIRECT: routing(flags) };
  for (const [flag, key] of DIRECT) if (flags.has(flag)) environment[key] = flags.get(flag) ?? '';
  const durations = [
    ['http-probe-timeout', 'MOORING_DIRECT_PROBE_TIMEOUT'],
    ['token-expire-time', 'MOORING_DIRECT_TOKEN_SECONDS'],
  ] as const;
  for (const [flag, key] of durations) if (flags.has(flag)) environment[key] = String(goSeconds(flags.get(flag) ?? ''));
  if (flags.has('container-prefix')) environment.MOORING_DIRECT_PREFIX = prefixOf(flags.get('container-prefix') ?? '');
  if (flags.has('enable-mgmt-auth')) environment.MOORING_DIRECT_AUTH = TRUE.test(flags.get('enable-mgmt-auth') ?? '') ? 'on' : 'off';
  if (flags.has('health-check-interval') || flags.has('health-check-retries')) {
    const interval = goSeconds(flags.get('health-check-interval') ?? '30s') ?? 30;
    environment.MOORING_DIRECT_READY_WITHIN = String(Math.max(1, interval * Number(flags.get('health-check-retries') ?? '3')));
  }
  return environment;
}

/**
 * ContainerDirectRouting's flags as the keys that they are here; what the environment sets goes before them.
 *
 * @returns what is wrong, where something is
 */
export function readSpawnerFlags(line: string, environment: Environment): SpawnerFlags | { problems: ConfigProblem[] } {
  const { flags, problems } = parse(line);
  if (problems.length > 0) return { problems };
  const told = Object.entries(translate(flags)).filter(([key]) => environment[key] === undefined);
  const unused = [...flags.keys()].flatMap((flag) => (UNUSED[flag] === undefined ? [] : [`-${flag} (${UNUSED[flag]})`]));
  return { environment: Object.fromEntries(told), unused };
}
