import { byText } from '../names.js';
import { ContainerMemory } from './container-memory.js';
import { DomainMemory } from './domains.js';
import type { DomainTable, LeftOut, Server, StackRow, TableSettings, Told } from './types.js';

/** Sorted, and each name once: HAProxy refuses two servers of one name. */
function distinct(stack: string, servers: readonly Server[], leftOut: LeftOut[]): readonly Server[] {
  if (servers.length < 2) return servers;
  const sorted = [...servers].sort((a, b) => byText(a.name, b.name) || byText(a.address, b.address) || a.port - b.port);
  return sorted.filter(({ name }, at) => {
    if (sorted[at - 1]?.name !== name) return true;
    leftOut.push({ what: 'server', stack, name, reason: 'Duplicate', message: 'the metadata has two containers of this service and uuid' });
    return false;
  });
}

const sameServers = (a: readonly Server[], b: readonly Server[]): boolean =>
  a.length === b.length && a.every((server, at) => server === b[at]);

const leftOutOrder = (a: LeftOut, b: LeftOut): number =>
  byText(a.stack, b.stack) || byText(a.what, b.what) || byText(a.name, b.name) || byText(a.message, b.message);

const NOBODY: readonly Server[] = [];

/**
 * Which domain leads to which servers, and what is left out and why. A stack has a right to its domain while any of its containers asks
 * for requests, running or not: so a stack that is down loses its name to nobody.
 *
 * From one table to the next, the rows of stacks that nothing has happened to are the same objects, so that whoever takes a table finds what
 * has changed without looking into the others.
 */
export class TableBuilder {
  readonly #containers: ContainerMemory;
  readonly #domains: DomainMemory;
  #rows: ReadonlyMap<string, StackRow> = new Map();

  constructor(settings: TableSettings) {
    this.#containers = new ContainerMemory(settings);
    this.#domains = new DomainMemory(settings);
  }

  build({ containers, aliases }: Told): DomainTable {
    /** Of each stack that has a container which asks for requests. */
    const servers = new Map<string, Server[]>();
    const leftOut: LeftOut[] = [];
    for (const candidate of this.#containers.read(containers)) {
      if (candidate.stack !== undefined && !servers.has(candidate.stack)) servers.set(candidate.stack, []);
      if ('leftOut' in candidate) leftOut.push(candidate.leftOut);
      else servers.get(candidate.stack)?.push(candidate.server);
    }
    const shares = this.#domains.share(new Set(servers.keys()), aliases);
    leftOut.push(...shares.leftOut);
    const stacks = shares.stacks
      .map(({ stack, domains }) => this.#row({ stack, domains, servers: distinct(stack, servers.get(stack) ?? NOBODY, leftOut) }))
      .filter((row) => row.servers.length > 0);
    this.#rows = new Map(stacks.map((row) => [row.stack, row]));
    return { stacks, leftOut: leftOut.sort(leftOutOrder) };
  }

  #row(row: StackRow): StackRow {
    const before = this.#rows.get(row.stack);
    return before && before.domains === row.domains && sameServers(before.servers, row.servers) ? before : row;
  }
}

/** The table of one answer. */
export const buildTable = (told: Told, settings: TableSettings): DomainTable => new TableBuilder(settings).build(told);

export const serversIn = ({ stacks }: DomainTable): number => stacks.reduce((sum, { servers }) => sum + servers.length, 0);
export const domainsIn = ({ stacks }: DomainTable): number => stacks.reduce((sum, { domains }) => sum + domains.length, 0);

const isAsking = (entry: unknown, label: string): boolean => {
  if (typeof entry !== 'object' || entry === null || !('labels' in entry)) return false;
  return typeof entry.labels === 'object' && entry.labels !== null && Object.hasOwn(entry.labels, label);
};

/** How many containers ask for requests, rightly or not. */
export const asking = (containers: readonly unknown[], label: string): number =>
  containers.filter((entry) => isAsking(entry, label)).length;
