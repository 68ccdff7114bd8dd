import { containerHealthOf } from '../model/health.js';
import { formatId } from '../model/ids.js';
import type { ContainerRecord, ServiceRecord, StackRecord } from '../model/records.js';
import type { Store } from '../store/store.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const PLACE = { environment_name: 'Default', environment_uuid: 'adminProject' } as const;

/** Rancher's form of ports there: `address:public:private/protocol`. */
const portsOf = (ports: readonly string[] | undefined): string[] =>
  (ports ?? []).map((port) => (port.split(':').length === 2 ? `0.0.0.0:${port}` : port));

const containerEntry = (container: ContainerRecord, service: ServiceRecord, stack: StackRecord): Json => ({
  name: container.name,
  uuid: container.uuid,
  primary_ip: container.address,
  ips: container.address === null ? [] : [container.address],
  state: container.state,
  health_state: containerHealthOf(container),
  create_index: container.createIndex,
  start_count: container.startCount,
  service_index: String(container.position),
  service_name: service.name,
  service_uuid: service.uuid,
  stack_name: stack.name,
  stack_uuid: stack.uuid,
  host_uuid: 'local-host',
  external_id: container.uuid,
  system: false,
  labels: container.launchConfig.labels ?? {},
  ports: portsOf(container.launchConfig.ports),
  ...PLACE,
});

const serviceEntry = (service: ServiceRecord, stack: StackRecord, containers: readonly Json[]): Json => ({
  name: service.name,
  uuid: service.uuid,
  stack_name: stack.name,
  stack_uuid: stack.uuid,
  kind: 'service',
  state: service.state,
  health_state: service.healthState,
  scale: service.scale,
  system: false,
  ports: portsOf(service.launchConfig?.ports),
  labels: service.launchConfig?.labels ?? {},
  links: {},
  metadata: (service.metadata ?? {}) as Json,
  containers,
  ...PLACE,
});

interface SelfOptions {
  /** The stack that `self` speaks of. */
  stack: string;
}

/**
 * `self` is who asks; nobody asks from within a container here, so it is a made-up container, alone in its made-up
 * service, of the stack that the options name.
 */
const selfEntry = ({ stack }: SelfOptions, stackEntry: Json | undefined, host: Json): Json => {
  const service = {
    name: 'mooring',
    stack_name: stack,
    kind: 'service',
    state: 'active',
    labels: {},
    links: {},
    metadata: {},
    containers: [],
    ...PLACE,
  };
  const name = `${stack}-mooring-1`;
  const container = {
    name,
    service_name: 'mooring',
    stack_name: stack,
    primary_ip: '127.0.0.1',
    state: 'running',
    labels: {},
    ports: [],
    ...PLACE,
  };
  return { stack: stackEntry ?? { name: stack, system: false, services: [], ...PLACE }, service, container, host };
};

const HOST: Json = {
  name: 'local',
  hostname: 'local',
  uuid: 'local-host',
  hostId: formatId('host', 1),
  agent_ip: '127.0.0.1',
  state: 'active',
  labels: {},
};

const isPresent = (record: { state: string }): boolean => record.state !== 'removed';

/** What the metadata service tells (metadata.json of the recordings), the same under every version of its API. */
export const buildDocument = (store: Store, version: string, self: SelfOptions): { [key: string]: Json } => {
  const services: Json[] = [];
  const containers: Json[] = [];
  const stacks = store.stacks.all().filter(isPresent);
  const stackEntries = stacks.map((stack) => {
    const mine = store.services.childrenOf(stack.id).filter(isPresent);
    const entries = mine.map((service) => {
      const parts = store.containers.childrenOf(service.id).filter(isPresent);
      const inner = parts.map((container) => containerEntry(container, service, stack));
      containers.push(...inner);
      return serviceEntry(service, stack, inner);
    });
    services.push(...entries);
    return { name: stack.name, uuid: stack.uuid, system: false, services: entries, ...PLACE };
  });
  const selfStack = stackEntries.find((stack) => stack.name.toLowerCase() === self.stack.toLowerCase());
  return { version, self: selfEntry(self, selfStack, HOST), stacks: stackEntries, services, containers, hosts: [HOST] };
};

type Found = { value: Json } | undefined;

const childOf = (value: Json, key: string): Found => {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const byName = items.find((item) => typeof item === 'object' && item !== null && 'name' in item && item.name === key);
    const item = byName ?? (/^\d+$/.test(key) ? items[Number(key)] : undefined);
    return item === undefined ? undefined : { value: item };
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return { value: (value as { [key: string]: Json })[key] ?? null };
};

/** What a path leads to; in lists by name or place. */
export const lookUp = (document: Json, path: readonly string[]): Found => {
  let found: Found = { value: document };
  for (const key of path) {
    if (!found) return undefined;
    found = childOf(found.value, key);
  }
  return found;
};
