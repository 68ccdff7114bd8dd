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
function goSeconds(text: string): number | undefined {
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

interface Parsed {
  flags: Map<string, string>;
  problems: ConfigProblem[];
}

function unknownFlag(name: string): string {
  const near = suggest(name, ALL);
  return `is no flag of the spawner's${near ? `; did you mean -${near}?` : ''}`;
}

/** Takes one flag, and its value from the words behind it where it has none of its own. */
function parseFlag(word: string, rest: string[], { flags, problems }: Parsed): void {
  const [, name = '', given] = /^--?([^=]+)(?:=(.*))?$/.exec(word) ?? [];
  const key = `--spawner-flags ${name === '' ? word : `-${name}`}`;
  if (!ALL.includes(name)) {
    problems.push({ key, message: unknownFlag(name) });
    return;
  }
  const value = given ?? (BOOLEANS.has(name) ? 'true' : rest.shift());
  const message = value === undefined ? 'needs a value' : valueProblem(name, value);
  if (message === undefined) flags.set(name, value ?? '');
  else problems.push({ key, ...(value !== undefined && { value: JSON.stringify(value) }), message });
}

function parse(line: string): Parsed {
  const parsed: Parsed = { flags: new Map(), problems: [] };
  const rest = words(line);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) parseFlag(word, rest, parsed);
  return parsed;
}

const asIs = (value: string): string => value;
const inSeconds = (value: string): string => String(goSeconds(value));

/** The keys that flags have as counterparts, and what their values are there. */
const COUNTERPARTS: readonly (readonly [flag: string, key: string, translate: (value: string) => string])[] = [
  ['cookie-key', 'MOORING_DIRECT_COOKIE', asIs],
  ['cookie-fallback-url', 'MOORING_DIRECT_FALLBACK_URL', asIs],
  ['userspass-file', 'MOORING_DIRECT_USERS_FILE', asIs],
  ['http-probe-ok-status', 'MOORING_DIRECT_PROBE_STATUS', asIs],
  ['traefik-base-url', 'MOORING_TRAEFIK_API_URL', asIs],
  ['http-probe-timeout', 'MOORING_DIRECT_PROBE_TIMEOUT', inSeconds],
  ['token-expire-time', 'MOORING_DIRECT_TOKEN_SECONDS', inSeconds],
  ['container-prefix', 'MOORING_DIRECT_PREFIX', (value) => `/${value.replaceAll(/^\/+|\/+$/g, '')}`],
  ['enable-mgmt-auth', 'MOORING_DIRECT_AUTH', (value) => (TRUE.test(value) ? 'on' : 'off')],
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

/** Theirs gives a health check so many tries, so long apart; here a start has as much time. */
function readyWithin(flags: ReadonlyMap<string, string>): Record<string, string> {
  const [interval, retries] = [flags.get('health-check-interval'), flags.get('health-check-retries')];
  if (interval === undefined && retries === undefined) return {};
  return { MOORING_DIRECT_READY_WITHIN: String(Math.max(1, (goSeconds(interval ?? '30s') ?? 30) * Number(retries ?? '3'))) };
}

function translate(flags: ReadonlyMap<string, string>): Record<string, string> {
  const told = COUNTERPARTS.flatMap(([flag, key, of]) => {
    const value = flags.get(flag);
    return value === undefined ? [] : [[key, of(value)] as const];
  });
  return { MOORING_DIRECT: routing(flags), ...Object.fromEntries(told), ...readyWithin(flags) };
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
