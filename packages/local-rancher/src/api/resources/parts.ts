import type { ContainerRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { EXPOSE_MAP_FILTERS, NETWORK_FILTERS, PORT_FILTERS, SERVICE_EVENT_FILTERS, SERVICE_LOG_FILTERS } from '../query/filter-fields.js';
import { actionsOf, dateOf, linksOf, transitionOf } from '../render/links.js';
import { renderExposeMap, renderPorts, renderServiceLog } from '../render/parts.js';
import { INSTALLED_TS } from '../render/surroundings.js';
import type { Body, Views } from '../render/views.js';
import { type Item, readOnly } from './fixed.js';
import type { Context, Resource } from './resource.js';

const NETWORKS = [
  ['Docker Host Network Mode', 'dockerHost'],
  ['Docker None Network Mode', 'dockerNone'],
  ['Docker Container Network Mode', 'dockerContainer'],
  ['Docker Bridge Network Mode', 'dockerBridge'],
  [null, 'network'],
] as const;

const network = ([name, kind]: (typeof NETWORKS)[number], index: number): Item => {
  const id = `1n${index + 1}`;
  return {
    id,
    values: { id: index + 1, name, kind, state: 'active', accountId: 5 },
    show: ({ scope }) => ({
      id,
      type: 'network',
      links: linksOf(`${scope.base}/networks/${id}`, ['account', 'ipAddresses', 'subnets']),
      actions: actionsOf(`${scope.base}/networks/${id}`, ['update', 'deactivate']),
      baseType: 'network',
      name,
      state: 'active',
      accountId: '1a5',
      created: dateOf(INSTALLED_TS),
      createdTS: INSTALLED_TS,
      defaultPolicyAction: null,
      description: null,
      dns: kind === 'network' ? ['169.254.169.250'] : null,
      dnsSearch: kind === 'network' ? ['rancher.internal'] : null,
      hostPorts: kind === 'network',
      kind,
      metadata: null,
      networkDriverId: null,
      policy: null,
      removed: null,
      subnets: null,
      ...transitionOf(false, null),
      uuid: `network-${index + 1}`,
    }),
  };
};

/** The five that every project has (recording 05-15). */
export const networkResource = (): Resource<Item> => readOnly({ type: 'network', filters: NETWORK_FILTERS }, () => NETWORKS.map(network));

const partItems = (container: ContainerRecord, bodies: (context: Context) => Body[]): Item[] => {
  const sample = bodies({ scope: { base: '', version: 'v2-beta' }, caller: { account: 1, user: 1, kind: 'admin', name: 'admin' } });
  return sample.map((body, index) => ({
    id: String(body.id),
    values: {
      id: Number(/\d+$/.exec(String(body.id))?.[0]),
      state: String(body.state),
      kind: String(body.kind),
      instanceId: container.id,
      serviceId: container.serviceId,
      accountId: 5,
      privatePort: Number(body.privatePort),
      publicPort: Number(body.publicPort),
    },
    show: (context) => bodies(context)[index] as Body,
  }));
};

/** Ports, links between services and containers, and what services went through. */
export const partResources = (store: Store, views: Views): Resource<Item>[] => {
  const present = (): ContainerRecord[] => store.containers.all().filter((container) => container.state !== 'removed');
  return [
    readOnly({ type: 'port', filters: PORT_FILTERS }, () =>
      present().flatMap((container) => partItems(container, ({ scope }) => renderPorts(container, scope))),
    ),
    readOnly({ type: 'serviceExposeMap', filters: EXPOSE_MAP_FILTERS }, () =>
      present().flatMap((container) => partItems(container, ({ scope }) => [renderExposeMap(container, scope)])),
    ),
    readOnly({ type: 'serviceLog', filters: SERVICE_LOG_FILTERS }, () =>
      views.serviceLogs.all().map((entry) => ({
        id: `1sl${entry.id}`,
        values: { id: entry.id, serviceId: entry.serviceId, eventType: entry.eventType, level: entry.level, created: entry.createdTS },
        show: ({ scope }: Context) => renderServiceLog(entry, scope),
      })),
    ),
    readOnly({ type: 'serviceEvent', filters: SERVICE_EVENT_FILTERS }, () => []),
  ];
};
