import { nameSchema } from '@mooring/resources';
import type { DirectSettings } from './settings.js';

/** What of a request tells whom it is for. */
export interface Asked {
  /** Without a port, in small letters. */
  host: string;
  /** As it was sent, the query left out, before a proxy took something away. */
  path: string;
  /** The cookie's value. */
  cookie: string | undefined;
}

/** Whom a request is for: nobody of ours; a container by its path; or whoever the cookie names, which there may not be. */
export type Target = { by: 'path'; name: string | undefined } | { by: 'cookie'; value: string | undefined } | undefined;

const startsAs = (path: string, pattern: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;

/** A segment that leads elsewhere once somebody has cleaned the path, or that hides a slash. */
const TRICKY = /(^|\/)(\.|%2e){1,2}(\/|$)|%2f|%5c|\\/i;

export const isTricky = (path: string): boolean => TRICKY.test(path);

function nameIn(path: string, prefix: string): string | undefined {
  if (!path.startsWith(`${prefix}/`)) return undefined;
  const [name] = path.slice(prefix.length + 1).split('/', 1);
  return nameSchema.safeParse(name).success ? name : undefined;
}

/** What isn't for containers at all: on their hosts, the front's own pages; elsewhere, whatever the front serves. */
function isElsewhere({ host, path }: Asked, { hosts, reserved }: DirectSettings): boolean {
  if (hosts.length > 0) return !hosts.includes(host) || path.startsWith('/narrative_session/');
  return reserved.some((own) => startsAs(path, own));
}

const isBelowPrefix = (path: string, { path: routing }: DirectSettings): boolean =>
  routing !== undefined && routing.prefix !== '' && path.startsWith(`${routing.prefix}/`);

/** Pure. `isPathRouted`: whether a container of that name goes by its path; nobody else's is to be had by it. */
export function targetOf(asked: Asked, settings: DirectSettings, isPathRouted: (name: string) => boolean): Target {
  if (isElsewhere(asked, settings)) return undefined;
  const { path, cookie } = asked;
  const hasHosts = settings.hosts.length > 0;
  const name = settings.path && nameIn(path, settings.path.prefix);
  if (name !== undefined && isPathRouted(name)) return { by: 'path', name };
  // What the path names is not there; whoever the cookie names is not meant.
  if (isBelowPrefix(path, settings)) return { by: 'path', name: undefined };
  if (settings.cookie && (hasHosts || cookie !== undefined)) return { by: 'cookie', value: cookie };
  return hasHosts ? { by: 'path', name: undefined } : undefined;
}
