import { z } from 'zod';
import { isRancherName, isServerAddress, isUuid, portOf, quoted } from '../names.js';
import { readServerOptions } from './server-options.js';
import type { LeftOut, Reason, Server, TableSettings } from './types.js';

/** As the metadata service tells of a container; what isn't read here may be anything. */
const containerSchema = z.object({
  stack_name: z.string().nullish(),
  service_name: z.string().nullish(),
  uuid: z.string().nullish(),
  primary_ip: z.string().nullish(),
  state: z.string().nullish(),
  health_state: z.string().nullish(),
  labels: z.unknown(),
});
type Container = z.infer<typeof containerSchema>;

/** A container that asks for requests: its stack has a right to its domain, and it may be a server. */
export type Candidate = { stack: string; server: Server } | { stack?: string; leftOut: LeftOut };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a label says; Rancher itself makes texts of numbers. */
const labelText = (labels: Record<string, unknown>, name: string): unknown => {
  const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
  return typeof value === 'number' ? String(value) : value;
};

class Refusal extends Error {
  constructor(
    readonly reason: Reason,
    message: string,
  ) {
    super(message);
  }
}

const refuse = (reason: Reason, message: string): never => {
  throw new Refusal(reason, message);
};

/** Whether anything at all says that this entry asks for requests. */
function labelsOf(entry: unknown, label: string): Record<string, unknown> | undefined {
  if (!isObject(entry)) return refuse('InvalidContainer', `${quoted(entry)} is no container`);
  const { labels } = entry;
  if (labels === null || labels === undefined) return undefined;
  if (!isObject(labels)) return refuse('InvalidContainer', `its labels are ${quoted(labels)}, and should be names with values`);
  return Object.hasOwn(labels, label) ? labels : undefined;
}

function containerOf(entry: unknown): Container {
  const parsed = containerSchema.safeParse(entry);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse('InvalidContainer', `its ${issue?.path.join('.') ?? 'form'} is not what the metadata service sends (${issue?.message})`);
}

function stackOf({ stack_name: stack }: Container): string {
  if (stack === null || stack === undefined || stack === '')
    return refuse('InvalidStack', 'it belongs to no stack, so there is no domain for it');
  if (isRancherName(stack)) return stack;
  return refuse('InvalidStack', `${quoted(stack)} can't be part of a host name: use 1 to 63 letters, digits and hyphens between them`);
}

function serverName({ service_name: service, uuid }: Container): string {
  if (!service || !isRancherName(service))
    refuse('InvalidService', `its service ${quoted(service ?? '')} has no name that Rancher would take`);
  if (!uuid || !isUuid(uuid)) refuse('InvalidContainer', `its uuid ${quoted(uuid ?? '')} is none`);
  return `${service}-${uuid}`;
}

function port(labels: Record<string, unknown>, label: string): number {
  const text = labelText(labels, label);
  const number = typeof text === 'string' ? portOf(text) : undefined;
  return number ?? refuse('InvalidPort', `${label}=${quoted(text)} is no port: set a number from 1 to 65535`);
}

function options(labels: Record<string, unknown>, { proxyLabel, proxy }: TableSettings): string {
  const text = labelText(labels, proxyLabel) ?? '';
  if (typeof text !== 'string') return refuse('InvalidOptions', `${proxyLabel}=${quoted(text)} is no list of options`);
  const read = readServerOptions(text);
  if ('problem' in read) return refuse('InvalidOptions', `${proxyLabel}: ${read.problem}`);
  if (proxy === 'traefik' && read.options !== '')
    return refuse(
      'InvalidOptions',
      `${proxyLabel}=${quoted(read.options)}: Traefik has no such options; take the label away, or use HAProxy`,
    );
  return read.options;
}

/** Where it is reached, if it runs. */
function address({ state, health_state: health, primary_ip: ip }: Container): string {
  if (state !== 'running') refuse('NotRunning', `it is not running (${quoted(state ?? 'no state')})`);
  if (health === 'unhealthy') refuse('Unhealthy', 'Rancher says that it is unhealthy');
  if (ip === null || ip === undefined || ip === '') return refuse('NoAddress', 'it has no address yet');
  return isServerAddress(ip) ? ip : refuse('InvalidAddress', `${quoted(ip)} is no IPv4 address of a server`);
}

/** What a container comes to; undefined for one that doesn't ask for requests. */
export function readContainer(entry: unknown, settings: TableSettings): Candidate | undefined {
  const known: { stack?: string; name: string } = { name: '' };
  try {
    const labels = labelsOf(entry, settings.label);
    if (!labels) return undefined;
    const container = containerOf(entry);
    known.name = `${container.service_name ?? ''}-${container.uuid ?? ''}`;
    known.stack = stackOf(container);
    known.name = serverName(container);
    const server = {
      name: known.name,
      port: port(labels, settings.label),
      options: options(labels, settings),
      address: address(container),
    };
    return { stack: known.stack, server };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...(known.stack !== undefined && { stack: known.stack }), leftOut: leftOutOf(entry, known, error) };
  }
}

/** Names from outside are shown as they are only where they were found to be names. */
function leftOutOf(entry: unknown, { stack, name }: { stack?: string; name: string }, { reason, message }: Refusal): LeftOut {
  const told = isObject(entry) ? entry.stack_name : undefined;
  return {
    what: 'server',
    stack: stack ?? (told === undefined ? '' : quoted(told)),
    name: /^[\w-]{0,130}$/.test(name) ? name : quoted(name),
    reason,
    message,
  };
}
