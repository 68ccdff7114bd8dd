import { byText, isHostName } from '../names.js';
import { type Claims, claimAliases } from './aliases.js';
import { readContainer } from './container.js';
import type { DomainTable, LeftOut, Server, StackRow, TableSettings, Told } from './types.js';

interface Gathered {
  /** The servers of each stack that has a container which asks for requests, by the stack's name. */
  servers: Map<string, Server[]>;
  leftOut: LeftOut[];
}

function gather(containers: readonly unknown[], settings: TableSettings): Gathered {
  const servers = new Map<string, Server[]>();
  const leftOut: LeftOut[] = [];
  const of = (stack: string): Server[] => {
    const known = servers.get(stack) ?? [];
    servers.set(stack, known);
    return known;
  };
  for (const entry of containers) {
    const candidate = readContainer(entry, settings);
    if (!candidate) continue;
    const mine = candidate.stack === undefined ? undefined : of(candidate.stack);
    if ('leftOut' in candidate) leftOut.push(candidate.leftOut);
    else mine?.push(candidate.server);
  }
  return { servers, leftOut };
}

/** Sorted, and each name once: HAProxy refuses two servers of one name. */
function distinct(stack: string, servers: readonly Server[], leftOut: LeftOut[]): Server[] {
  const sorted = [...servers].sort((a, b) => byText(a.name, b.name) || byText(a.address, b.address) || a.port - b.port);
  return sorted.filter(({ name }, at) => {
    if (sorted[at - 1]?.name !== name) return true;
    leftOut.push({ what: 'server', stack, name, reason: 'Duplicate', message: 'the metadata has two containers of this service and uuid' });
    return false;
  });
}

/** Why a stack can't have its own domain; undefined where it can. */
function obstacle(
  stack: string,
  host: string,
  { owners }: Claims,
  settings: TableSettings,
): Pick<LeftOut, 'reason' | 'message'> | undefined {
  const { takenNames, takenDomains, domain } = settings;
  if (!isHostName(host)) return { reason: 'InvalidStack', message: `with .${domain} behind it, it is no host name` };
  if (takenNames?.has(stack))
    return { reason: 'NameTaken', message: 'haproxy.cfg has a proxy of this name: give that one, or the stack, another' };
  if (takenDomains?.has(host)) return { reason: 'DomainTaken', message: `${host} is the site's own: give the stack another name` };
  const owner = owners.get(host);
  if (owner === undefined) return undefined;
  return { reason: 'DomainTaken', message: `${host} is of the stack ${owner}, whose name differs in capitals only: give one another name` };
}

/** Each stack's own domain. Of names that differ in capitals only, the one without comes first. */
function claimOwn(stacks: Iterable<string>, claims: Claims, settings: TableSettings): Set<string> {
  const lowerFirst = (a: string, b: string): number => Number(a !== a.toLowerCase()) - Number(b !== b.toLowerCase()) || byText(a, b);
  const granted = new Set<string>();
  for (const stack of [...stacks].sort(lowerFirst)) {
    const host = `${stack.toLowerCase()}.${settings.domain}`;
    const problem = obstacle(stack, host, claims, settings);
    if (problem) claims.leftOut.push({ what: 'stack', stack, name: '', ...problem });
    else {
      claims.owners.set(host, stack);
      granted.add(stack);
    }
  }
  return granted;
}

const leftOutOrder = (a: LeftOut, b: LeftOut): number =>
  byText(a.stack, b.stack) || byText(a.what, b.what) || byText(a.name, b.name) || byText(a.message, b.message);

/**
 * Which domain leads to which servers, and what is left out and why. A stack has a right to its domain while any of its containers asks
 * for requests, running or not: so a stack that is down loses its name to nobody.
 */
export function buildTable({ containers, aliases }: Told, settings: TableSettings): DomainTable {
  const { servers, leftOut } = gather(containers, settings);
  const claims: Claims = { owners: new Map(), leftOut };
  const granted = claimOwn(servers.keys(), claims, settings);
  claimAliases(aliases, granted, claims, settings);
  const domains = new Map<string, string[]>();
  for (const [host, stack] of claims.owners) domains.set(stack, [...(domains.get(stack) ?? []), host]);
  const stacks: StackRow[] = [...granted].sort(byText).map((stack) => {
    const [own = '', ...others] = domains.get(stack) ?? [];
    return { stack, domains: [own, ...others.sort(byText)], servers: distinct(stack, servers.get(stack) ?? [], leftOut) };
  });
  return { stacks: stacks.filter((row) => row.servers.length > 0), leftOut: leftOut.sort(leftOutOrder) };
}

export const serversIn = ({ stacks }: DomainTable): number => stacks.reduce((sum, { servers }) => sum + servers.length, 0);
export const domainsIn = ({ stacks }: DomainTable): number => stacks.reduce((sum, { domains }) => sum + domains.length, 0);

const isAsking = (entry: unknown, label: string): boolean => {
  if (typeof entry !== 'object' || entry === null || !('labels' in entry)) return false;
  return typeof entry.labels === 'object' && entry.labels !== null && Object.hasOwn(entry.labels, label);
};

/** How many containers ask for requests, rightly or not. */
export const asking = (containers: readonly unknown[], label: string): number =>
  containers.filter((entry) => isAsking(entry, label)).length;
