import { cookieMatch, FALLBACK_PRIORITY, fallbackRule, hostsRule, OWN_HOST_PRIORITY, type RuleSyntax } from './rules.js';

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
const PATH_PRIORITY = FALLBACK_PRIORITY + 2;

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

function rulesOf({ hosts, cookieName, pathPrefix }: DirectDoor, { frontPaths, syntax }: DirectSettings): [string, string, number][] {
  const host = hostsRule(hosts);
  if (host)
    return [
      ['direct-own', fallbackRule(OWN_PATHS, hosts), OWN_HOST_PRIORITY + OWN_PRIORITY],
      ['direct', host, OWN_HOST_PRIORITY],
    ];
  return [
    ['direct-own', fallbackRule(reserved(frontPaths), []), OWN_PRIORITY],
    ...(cookieName === undefined
      ? []
      : [['direct', cookieMatch(`${cookieName}=`, '', syntax), COOKIE_PRIORITY] as [string, string, number]]),
    ...(pathPrefix ? [['direct-path', `PathPrefix(\`${pathPrefix}/\`)`, PATH_PRIORITY] as [string, string, number]] : []),
  ];
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
