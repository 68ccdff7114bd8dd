import { serverWords } from '../render.js';
import type { DomainTable, Server, StackRow } from '../table/types.js';

/** A server as the running HAProxy has it. */
interface RunningServer extends Server {
  /** It gets no requests, and goes when nobody is connected to it any more. */
  leaving: boolean;
}

/** What the running HAProxy has, as far as it is known from what it was told. */
export interface Running {
  /** What requests are led by, by backend. */
  rows: ReadonlyMap<string, StackRow>;
  /** Servers that are leaving, by backend; a backend whose stack went is here until the next reload, with none at last. */
  leaving: ReadonlyMap<string, readonly Server[]>;
}

/** One command, and whether what it answered is as it should be. */
export interface Command {
  text: string;
  /** The answer must match. */
  expect: RegExp;
  /** A server stays there, without requests, where the answer is not so. */
  leaves?: { backend: string; server: string };
}

export type Plan = { kind: 'nothing' } | { kind: 'commands'; commands: readonly Command[] } | { kind: 'reload'; why: string };

/** Beyond so many commands, a reload is done sooner. */
const MOST_COMMANDS = 400;

const SILENT = /^$/;
/** Gone, or not there: HAProxy may have ended and read the files in between. */
const RELEASED = /^(Server deleted|No such (server|backend))\.$/;

/** What HAProxy has after it has read the files of a table. */
export const runningOf = ({ stacks }: DomainTable): Running => ({
  rows: new Map(stacks.map((row) => [row.stack, row])),
  leaving: new Map(),
});

const ADDED = /^New server registered\.$/;

function add(backend: string, server: Server): Command[] {
  const place = `${backend}/${server.name}`;
  const checks = / check( |$)/.test(` ${server.options}`);
  return [
    { text: `add server ${backend}/${serverWords(server)}`, expect: ADDED },
    ...(checks ? [{ text: `enable health ${place}`, expect: SILENT }] : []),
    { text: `enable server ${place}`, expect: SILENT },
  ];
}

/** It gets nothing new from now on, and is forgotten as soon as nobody is connected to it. */
const release = (backend: string, server: string): Command => ({
  text: `del server ${backend}/${server}`,
  expect: RELEASED,
  leaves: { backend, server },
});

function remove(backend: string, { name, leaving }: RunningServer): Command[] {
  const halt: Command = { text: `set server ${backend}/${name} state maint`, expect: SILENT };
  return [...(leaving ? [] : [halt]), release(backend, name)];
}

/** `undefined` where only a reload will do. */
function change(backend: string, running: RunningServer, server: Server): Command[] | undefined {
  if (running.options !== server.options) return undefined;
  const place = `${backend}/${server.name}`;
  const isMoved = running.address !== server.address || running.port !== server.port;
  return [
    ...(isMoved
      ? [{ text: `set server ${place} addr ${server.address} port ${server.port}`, expect: /^(IP changed|port changed|no need)/ }]
      : []),
    ...(running.leaving ? [{ text: `set server ${place} state ready`, expect: SILENT }] : []),
  ];
}

interface Steps {
  /** Done first: nobody is led to what is not there. */
  additions: Command[];
  removals: Command[];
}

const NOBODY: readonly Server[] = [];

/** The servers of a backend, by name. */
function serversOf({ rows, leaving }: Running, backend: string): Map<string, RunningServer> {
  const all = [
    ...(rows.get(backend)?.servers ?? NOBODY).map((server) => ({ ...server, leaving: false })),
    ...(leaving.get(backend) ?? NOBODY).map((server) => ({ ...server, leaving: true })),
  ];
  return new Map(all.map((server) => [server.name, server]));
}

/** Why only a reload will do; undefined where the steps will. */
function planBackend(running: Running, backend: string, servers: readonly Server[], steps: Steps): string | undefined {
  const there = serversOf(running, backend);
  for (const server of servers) {
    const known = there.get(server.name);
    there.delete(server.name);
    const commands = known ? change(backend, known, server) : add(backend, server);
    if (!commands) return `${backend}/${server.name} has other options`;
    steps.additions.push(...commands);
  }
  for (const server of there.values()) steps.removals.push(...remove(backend, server));
  return undefined;
}

/** Where the domains of stacks lead to. A domain that changes hands does so between two of them. */
const domainsOf = (rows: readonly StackRow[]): Map<string, string> =>
  new Map(rows.flatMap(({ stack, domains }) => domains.map((domain): [string, string] => [domain, stack])));

function planMap(had: readonly StackRow[], wanted: readonly StackRow[], file: string, steps: Steps): void {
  const there = domainsOf(had);
  for (const [domain, backend] of domainsOf(wanted)) {
    const leadsTo = there.get(domain);
    there.delete(domain);
    if (leadsTo === undefined) steps.additions.push({ text: `add map ${file} ${domain} ${backend}`, expect: SILENT });
    else if (leadsTo !== backend) steps.additions.push({ text: `set map ${file} ${domain} ${backend}`, expect: SILENT });
  }
  for (const domain of there.keys()) steps.removals.unshift({ text: `del map ${file} ${domain}`, expect: SILENT });
}

/** Stacks to which something has happened, and backends that no stack has. */
interface Difference {
  wanted: readonly StackRow[];
  gone: readonly string[];
}

function differenceOf({ rows, leaving }: Running, { stacks }: DomainTable): Difference {
  const names = new Set(stacks.map(({ stack }) => stack));
  return {
    wanted: stacks.filter((row) => rows.get(row.stack) !== row || leaving.has(row.stack)),
    gone: [...new Set([...rows.keys(), ...leaving.keys()])].filter((backend) => !names.has(backend)),
  };
}

/**
 * What brings a running HAProxy to a table; only stacks whose row is another object are looked into. Backends can't be made without a
 * reload; those of stacks that went stay, empty and led to by nobody, until the next one, and take their stack in again if it comes back.
 */
export function plan(running: Running, table: DomainTable, mapFile: string): Plan {
  const steps: Steps = { additions: [], removals: [] };
  const { wanted, gone } = differenceOf(running, table);
  for (const { stack, servers } of wanted) {
    const isThere = running.rows.has(stack) || running.leaving.has(stack);
    const why = isThere ? planBackend(running, stack, servers, steps) : `the stack ${stack} is new`;
    if (why !== undefined) return { kind: 'reload', why };
  }
  for (const backend of gone) planBackend(running, backend, NOBODY, steps);
  const had = [...wanted.map(({ stack }) => stack), ...gone].flatMap((stack) => running.rows.get(stack) ?? []);
  planMap(had, wanted, mapFile, steps);
  const commands = [...steps.additions, ...steps.removals];
  if (commands.length > MOST_COMMANDS) return { kind: 'reload', why: `it takes ${commands.length} changes` };
  return commands.length === 0 ? { kind: 'nothing' } : { kind: 'commands', commands };
}

/** What HAProxy has after a plan's commands, but for the servers that would not go yet. */
export function afterCommands(before: Running, table: DomainTable, stayed: readonly { backend: string; server: string }[]): Running {
  const { rows } = runningOf(table);
  const backends = [...before.rows.keys(), ...before.leaving.keys()];
  const leaving = new Map<string, readonly Server[]>(backends.filter((name) => !rows.has(name)).map((name) => [name, NOBODY]));
  for (const { backend, server } of stayed) {
    const there = serversOf(before, backend).get(server);
    if (there) leaving.set(backend, [...(leaving.get(backend) ?? NOBODY), there]);
  }
  return { rows, leaving };
}
