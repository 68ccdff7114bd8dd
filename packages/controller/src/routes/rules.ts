import { type OpenRoute, type Route, signedInstance } from '@mooring/resources';

type CookieRoute = Extract<Route, { type: 'cookie' }>;

/** Traefik 3 says HeaderRegexp, Traefik 2 HeadersRegexp; everything else used here reads the same in both. */
export type RuleSyntax = 'v2' | 'v3';

/** Above the fallback's 1, whatever the length of the rule (Traefik's own default). */
export const SESSION_PRIORITY = 100;
export const FALLBACK_PRIORITY = 1;
/** Above every router of labels: one that says no priority, as narrative-traefiker's don't, has the length of its rule. */
export const COVER_PRIORITY = 10_000;
/** A request that has it goes past the cover: so it is seen where the labels lead before anybody is led there. In Traefik 2's words. */
export const PAST_COVER_HEADER = 'Mooring-Past-Waiting-Page';
export const coverRule = (rule: string): string => `${rule} && !HeadersRegexp(\`${PAST_COVER_HEADER}\`, \`.\`)`;
/**
 * Containers that are asked for by name come after people's sessions; one that a path leads to goes before one that a cookie leads to. So does
 * the front for what is asleep below the paths' prefix: else whoever has the cookie of another would be answered by that one.
 */
const NAMED_PRIORITY = { path: 51, instance: 49 } as const;
export const ASLEEP_PATH_PRIORITY = 50;
/** But on hosts that are theirs alone they go before all sessions, which may be for every host: a session's cookie from elsewhere says nothing there. */
export const OWN_HOST_PRIORITY = 150;
/** Among the children of a session's router: a page goes before all the rest. */
export const PAGE_PRIORITY = 2;
export const REST_PRIORITY = 1;

const SECRET = /^[0-9a-f]{32,64}$/;

/** Whether a value can be a session's secret: it becomes part of a regular expression. */
export const isSecret = (value: string | undefined): value is string => value !== undefined && SECRET.test(value);

/**
 * The rule that leads the bearer of a cookie to their container: hosts (in parentheses, since && binds tighter than ||), path, and
 * the cookie in two stages. The first stage only looks for the text and is cheap, since a Go regexp without operators is a plain
 * search; the second is exact: neither a longer cookie name nor a longer value match. Throws for a secret that isn't ours: it
 * becomes part of a regular expression.
 */
export function cookieRule(route: CookieRoute, secret: string, syntax: RuleSyntax): string {
  if (!isSecret(secret)) throw new TypeError("a session's secret must be 32 to 64 lower-case hexadecimal digits");
  const cookie = cookieMatch(`${route.cookieName}=${secret}`, '(?:;|$)', syntax);
  return [...onHosts(route.hosts), `PathPrefix(\`${route.pathPrefix}\`)`, cookie].join(' && ');
}

/** What a Go regexp takes as it stands, but for the dot before a signature. */
const escapeDots = (text: string): string => text.replaceAll('.', '\\.');

/** Any host of a list; nothing where every host is meant. */
export const hostsRule = (hosts: readonly string[]): string => hosts.map((host) => `Host(\`${host}\`)`).join(' || ');

/** The same as a part of a rule. */
const onHosts = (hosts: readonly string[]): string[] => (hosts.length > 0 ? [`(${hostsRule(hosts)})`] : []);

/** A cookie in two stages, as in `cookieRule`; `tail` is what may follow in the exact one. */
export function cookieMatch(text: string, tail: string, syntax: RuleSyntax): string {
  const matcher = syntax === 'v3' ? 'HeaderRegexp' : 'HeadersRegexp';
  return `${matcher}(\`Cookie\`, \`${text}\`) && ${matcher}(\`Cookie\`, \`(?:^|;\\s*)${text}${tail}\`)`;
}

/** Traefik's PathPrefix goes by characters: `/web` would lead requests for `/web2` here. */
const pathMatch = (path: string): string => `(Path(\`${path}\`) || PathPrefix(\`${path}/\`))`;

function namedMatch(route: Exclude<OpenRoute, { type: 'cookie' }>, secret: string, syntax: RuleSyntax): string {
  if (route.type === 'path') return pathMatch(route.path);
  const signed = escapeDots(signedInstance(route.name, secret));
  if (!route.allowPlainCookie) return cookieMatch(`${route.cookieName}=${signed}`, '(?:;|$)', syntax);
  return cookieMatch(`${route.cookieName}=${route.name}`, `(?:${signed.slice(route.name.length)})?(?:;|$)`, syntax);
}

/** The rule of a route of whatever kind that leads somewhere. Throws as `cookieRule`. */
export function routeRule(route: OpenRoute, secret: string, syntax: RuleSyntax): string {
  if (route.type === 'cookie') return cookieRule(route, secret, syntax);
  if (!isSecret(secret)) throw new TypeError("a session's secret must be 32 to 64 lower-case hexadecimal digits");
  return [...onHosts(route.hosts), namedMatch(route, secret, syntax)].join(' && ');
}

/** `ownHosts` are for containers that are asked for by name, and for nothing else. */
export function routePriority(route: OpenRoute, ownHosts: readonly string[] = []): number {
  if (route.type === 'cookie') return SESSION_PRIORITY;
  const isAtHome = route.hosts.length > 0 && route.hosts.every((host) => ownHosts.includes(host));
  return NAMED_PRIORITY[route.type] + (isAtHome ? OWN_HOST_PRIORITY : 0);
}

/** Digits of a secret that the cheap first stage of a session's rule looks for, where its bucket has told it from most others. */
const FIRST_DIGITS = 12;

const cookieBegins = (cookieName: string, digits: string): string[] => [
  `HeaderRegexp(\`Cookie\`, \`${cookieName}=${digits}\`)`,
  `HeaderRegexp(\`Cookie\`, \`(?:^|;\\s*)${cookieName}=${digits}\`)`,
];

/** Of a bucket of the first level: the hosts, the path, and a cookie whose value begins with these digits. In Traefik 3's words. */
export const bucketRule = ({ hosts, pathPrefix, cookieName }: CookieRoute, digits: string): string =>
  [...onHosts(hosts), `PathPrefix(\`${pathPrefix}\`)`, ...cookieBegins(cookieName, digits)].join(' && ');

/** Of a bucket within one that has looked at the rest. */
export const innerBucketRule = ({ cookieName }: CookieRoute, digits: string): string => cookieBegins(cookieName, digits).join(' && ');

/** Of a session within its bucket: as exact as {@link cookieRule}. Throws as that does. */
export function bucketedRule({ cookieName }: CookieRoute, secret: string): string {
  if (!isSecret(secret)) throw new TypeError("a session's secret must be 32 to 64 lower-case hexadecimal digits");
  const [first] = cookieBegins(cookieName, secret.slice(0, FIRST_DIGITS));
  return `${first} && HeaderRegexp(\`Cookie\`, \`(?:^|;\\s*)${cookieName}=${secret}(?:;|$)\`)`;
}

const absent = (header: string): string => `!HeaderRegexp(\`${header}\`, \`^\`)`;
const accepts = (type: string): string => `HeaderRegexp(\`Accept\`, \`(?i)${type}\`)`;

const NAVIGATIONS = [
  'Header(`Sec-Fetch-Mode`, `navigate`)',
  `(${absent('Sec-Fetch-Mode')} && ${accepts('text/html')})`,
  `(${[...['Sec-Fetch-Mode', 'X-Requested-With', 'Referer', 'Origin'].map(absent), accepts('application/json')].join(' && ')})`,
];

/** What the front takes for a navigation (http-front/src/http/navigation.ts), but for the weights in Accept. In Traefik 3's words. */
export const PAGE_RULE = `Method(\`GET\`) && ${absent('Upgrade')} && (${NAVIGATIONS.join(' || ')})`;
export const REST_RULE = 'PathPrefix(`/`)';

/** The rule of what the front serves: paths that end in `*` by prefix, others exactly; on the given hosts, or on every host. */
export function fallbackRule(paths: readonly string[], hosts: readonly string[]): string {
  const path = paths
    .map((pattern) => (pattern.endsWith('*') ? `PathPrefix(\`${pattern.slice(0, -1)}\`)` : `Path(\`${pattern}\`)`))
    .join(' || ');
  const host = hosts.map((name) => `Host(\`${name}\`)`).join(' || ');
  return host ? `(${host}) && (${path})` : path;
}
