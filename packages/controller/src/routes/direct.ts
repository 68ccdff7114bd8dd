import {
  ASLEEP_PATH_PRIORITY,
  cookieMatch,
  FALLBACK_PRIORITY,
  fallbackRule,
  hostsRule,
  OWN_HOST_PRIORITY,
  type RuleSyntax,
} from './rules.js';

/** What leads to the front for containers that are asked for by name, while they can't be led to themselves. */
export interface DirectDoor {
  /** Hosts of its own, on which every path is; where there are none, requests with the cookie are, and paths below the prefix. */
  hosts: readonly string[];
  /** The cookie that names a container; undefined where none does. */
  cookieName?: string | undefined;
  /** Without a slash at its end; undefined where no path names a container. */
  pathPrefix?: string | undefined;
  entryPoints: readonly string[];
  tls: boolean;
}

/** What the front itself serves must be had while a container that would answer there runs. */
const OWN_PRIORITY = 60;
const COOKIE_PRIORITY = FALLBACK_PRIORITY + 1;

/** Of its own hosts the front takes this and nothing else: its pages' files, and what they ask for. */
const OWN_PATHS = ['/narrative_session/*'];

interface DirectSettings {
  service: string;
  entryPoint: string;
  frontPaths: readonly string[];
  syntax: RuleSyntax;
}

/** `/` is not the front's alone: whoever has the cookie asks for their container there. */
const reserved = (frontPaths: readonly string[]): string[] => frontPaths.filter((path) => path !== '/');

type NamedRule = [name: string, rule: string, priority: number];

function rulesOf({ hosts, cookieName, pathPrefix }: DirectDoor, { frontPaths, syntax }: DirectSettings): NamedRule[] {
  const host = hostsRule(hosts);
  const base = host ? OWN_HOST_PRIORITY : 0;
  const below: NamedRule[] = pathPrefix ? [['direct-path', fallbackRule([`${pathPrefix}/*`], hosts), base + ASLEEP_PATH_PRIORITY]] : [];
  if (host) return [['direct-own', fallbackRule(OWN_PATHS, hosts), base + OWN_PRIORITY], ['direct', host, base], ...below];
  const byCookie: NamedRule[] = cookieName === undefined ? [] : [['direct', cookieMatch(`${cookieName}=`, '', syntax), COOKIE_PRIORITY]];
  return [['direct-own', fallbackRule(reserved(frontPaths), []), OWN_PRIORITY], ...byCookie, ...below];
}

/** The routers of the front's door to named containers. */
export function directRouters(door: DirectDoor, settings: DirectSettings): Record<string, object> {
  const entryPoints = door.entryPoints.length > 0 ? door.entryPoints : [settings.entryPoint];
  const routers = rulesOf(door, settings).map(([name, rule, priority]) => [
    name,
    { rule, priority, entryPoints, ...(door.tls && { tls: {} }), service: settings.service },
  ]);
  return Object.fromEntries(routers);
}
