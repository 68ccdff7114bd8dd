import { serverWords } from '../render.js';
import type { DomainTable, Server } from '../table/types.js';

/** A server as the running HAProxy has it. */
interface RunningServer extends Server {
  /** It gets no requests, and goes when nobody is connected to it any more. */
  leaving: boolean;
}

/** What the running HAProxy has, as far as it is known from what it was told. */
export interface Running {
  /** By backend, by server. */
  backends: ReadonlyMap<string, ReadonlyMap<string, RunningServer>>;
  /** Backends by domain. */
  map: ReadonlyMap<string, string>;
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
export function runningOf({ stacks }: DomainTable): Running {
  return {
    backends: new Map(
      stacks.map(({ stack, servers }) => [stack, new Map(servers.map((server) => [server.name, { ...server, leaving: false }]))]),
    ),
    map: new Map(stacks.flatMap(({ stack, domains }) => domains.map((domain): [string, string] => [domain, stack]))),
  };
}

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

function planBackend(
  backend: string,
  running: ReadonlyMap<string, RunningServer>,
  servers: readonly Server[],
  steps: Steps,
): string | undefined {
  const wanted = new Set(servers.map(({ name }) => name));
  for (const server of servers) {
    const there = running.get(server.name);
    const commands = there ? change(backend, there, server) : add(backend, server);
    if (!commands) return `${backend}/${server.name} has other options`;
    steps.additions.push(...commands);
  }
  for (const server of running.values()) if (!wanted.has(server.name)) steps.removals.push(...remove(backend, server));
  return undefined;
}

function planMap(running: Running['map'], wanted: Running['map'], file: string, steps: Steps): void {
  for (const [domain, backend] of wanted) {
    const there = running.get(domain);
    if (there === undefined) steps.additions.push({ text: `add map ${file} ${domain} ${backend}`, expect: SILENT });
    else if (there !== backend) steps.additions.push({ text: `set map ${file} ${domain} ${backend}`, expect: SILENT });
  }
  for (const domain of running.keys())
    if (!wanted.has(domain)) steps.removals.unshift({ text: `del map ${file} ${domain}`, expect: SILENT });
}

/** Why a reload is needed; undefined where the steps will do. */
function planBackends(running: Running, table: DomainTable, steps: Steps): string | undefined {
  for (const { stack, servers } of table.stacks) {
    const there = running.backends.get(stack);
    const why = there ? planBackend(stack, there, servers, steps) : `the stack ${stack} is new`;
    if (why !== undefined) return why;
  }
  const wanted = new Set(table.stacks.map(({ stack }) => stack));
  const gone = [...running.backends].filter(([backend]) => !wanted.has(backend));
  for (const [backend, servers] of gone) steps.removals.push(...[...servers.values()].flatMap((server) => remove(backend, server)));
  return undefined;
}

/**
 * What brings a running HAProxy to a table. Backends can't be made without a reload; those of stacks that went stay, empty and led to by
 * nobody, until the next one, and take their stack in again if it comes back.
 */
export function plan(running: Running, table: DomainTable, mapFile: string): Plan {
  const steps: Steps = { additions: [], removals: [] };
  const why = planBackends(running, table, steps);
  if (why !== undefined) return { kind: 'reload', why };
  planMap(running.map, runningOf(table).map, mapFile, steps);
  const commands = [...steps.additions, ...steps.removals];
  if (commands.length > MOST_COMMANDS) return { kind: 'reload', why: `it takes ${commands.length} changes` };
  return commands.length === 0 ? { kind: 'nothing' } : { kind: 'commands', commands };
}

/** What HAProxy has after a plan's commands, but for the servers that would not go yet. */
export function afterCommands(before: Running, table: DomainTable, stayed: readonly { backend: string; server: string }[]): Running {
  const { backends: wanted, map } = runningOf(table);
  const backends = new Map<string, ReadonlyMap<string, RunningServer>>([...before.backends.keys()].map((name) => [name, new Map()]));
  for (const [name, servers] of wanted) backends.set(name, servers);
  for (const { backend, server } of stayed) {
    const there = before.backends.get(backend)?.get(server);
    if (there) backends.set(backend, new Map([...(backends.get(backend) ?? []), [server, { ...there, leaving: true }]]));
  }
  return { backends, map };
}
