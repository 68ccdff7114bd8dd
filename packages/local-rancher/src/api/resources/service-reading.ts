import { parseId } from '../../model/ids.js';
import type { ServiceRecord, StackRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { serviceValue } from '../query/field-values.js';
import { SERVICE_FILTERS } from '../query/filter-fields.js';
import { renderProject } from '../render/surroundings.js';
import type { Views } from '../render/views.js';
import { type Context, nothing, type Related, type Resource } from './resource.js';

/** The kinds of services, with what can be created: only `service` runs anything here. */
export const SERVICE_KINDS = [
  'dnsService',
  'externalService',
  'loadBalancerService',
  'networkDriverService',
  'service',
  'storageDriverService',
];

type Reading = Omit<Resource<ServiceRecord>, 'create' | 'update' | 'remove' | 'act'>;
type Relations = Resource<ServiceRecord>['related'];

const relations = (store: Store, views: Views): Relations => {
  const linked = (ids: readonly number[], { scope }: Context): Related => ({
    type: 'service',
    many: ids.flatMap((id) => store.services.get(id) ?? []).map((service) => views.service(service, scope)),
  });
  return {
    instances: (service, { scope }) => ({
      type: 'instance',
      many: views.containersOf(service.id).map((container) => views.container(container, scope)),
    }),
    stack: (service, { scope }) => ({ one: views.stack(store.stacks.get(service.stackId) as StackRecord, scope) }),
    account: (_service, { scope, caller }) => ({ one: renderProject(scope, caller) }),
    consumedservices: (service, context) => linked(Object.values(service.linkedServices ?? {}), context),
    consumedbyservices: (service, context) => {
      const consumers = store.services.all().filter(({ linkedServices }) => Object.values(linkedServices ?? {}).includes(service.id));
      return linked(
        consumers.map(({ id }) => id),
        context,
      );
    },
    servicelogs: (service, { scope }) => ({ type: 'serviceLog', many: views.logsOf(service.id, scope) }),
    serviceexposemaps: (service, { scope }) => ({ type: 'serviceExposeMap', many: views.exposeMapsOf(service.id, scope) }),
    networkdrivers: nothing('networkDriver'),
    storagedrivers: nothing('storageDriver'),
    containerstats: () => ({ one: views.streams.serviceStats() }),
  };
};

/** The reading half of the API's services. */
export const serviceReading = (type: string, store: Store, views: Views): Reading => {
  const { services } = store;
  const ofType = (service: ServiceRecord): boolean => type === 'service' || service.serviceKind === type;
  return {
    type,
    filters: SERVICE_FILTERS,
    createTypes: Object.fromEntries(SERVICE_KINDS.map((kind) => [kind, `${kind.toLowerCase()}s`])),
    isPaged: true,
    all: () => services.all().filter((service) => service.state !== 'removed' && ofType(service)),
    find: (id) => services.get(parseId(id) ?? 0),
    value: serviceValue,
    render: (service, { scope }) => views.service(service, scope),
    related: relations(store, views),
  };
};
