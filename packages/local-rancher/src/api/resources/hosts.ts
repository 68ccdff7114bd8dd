import { removeHost } from '../../lifecycle/transitions.js';
import { parseId } from '../../model/ids.js';
import type { HostRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { hostActions, KNOWN_ACTIONS } from '../actions.js';
import { conflict } from '../errors.js';
import { hostValue } from '../query/field-values.js';
import { HOST_FILTERS } from '../query/filter-fields.js';
import { renderProject } from '../render/surroundings.js';
import type { Views } from '../render/views.js';
import { checkAvailable } from './available.js';
import { type Acted, type ActionRequest, type Context, nothing, type Resource } from './resource.js';

const STATES: Readonly<Record<string, HostRecord['state']>> = { activate: 'activating', deactivate: 'deactivating' };

/** The API's hosts. They are there from the beginning; none can be added. */
export class Hosts {
  readonly #store: Store;
  readonly #views: Views;

  constructor(store: Store, views: Views) {
    this.#store = store;
    this.#views = views;
  }

  resource(): Resource<HostRecord> {
    const { hosts } = this.#store;
    const shown = (host: HostRecord, { scope }: Context) => this.#views.host(host, scope);
    return {
      type: 'host',
      filters: HOST_FILTERS,
      createTypes: {},
      isPaged: true,
      actions: KNOWN_ACTIONS.host,
      all: () => hosts.all().filter((host) => host.state !== 'removed'),
      find: (id) => hosts.get(parseId(id) ?? 0),
      value: hostValue,
      render: shown,
      related: this.#relations(),
      // Nothing of a host can be changed here: what is sent is not taken.
      update: (host, _input, context) => shown(host, context),
      remove: (host, context) => shown(this.#remove(host), context),
      act: (host, request, context) => this.#act(host, request, context),
    };
  }

  #relations(): Resource<HostRecord>['related'] {
    const views = this.#views;
    return {
      instances: (host, { scope }) => ({
        type: 'instance',
        many: views.containersOn(host.id).map((container) => views.container(container, scope)),
      }),
      account: (_host, { scope, caller }) => ({ one: renderProject(scope, caller) }),
      hoststats: (_host, { scope }) => ({ one: views.streams.hostStats(scope, 'hoststats') }),
      containerstats: (_host, { scope }) => ({ one: views.streams.hostStats(scope, 'containerstats') }),
      containerevents: nothing('containerEvent'),
      hostlabels: nothing('hostLabel'),
      ipaddresses: nothing('ipAddress'),
      serviceevents: nothing('serviceEvent'),
      storagepools: nothing('storagePool'),
      volumes: nothing('volume'),
    };
  }

  #remove(host: HostRecord): HostRecord {
    if (host.state === 'removing' || host.state === 'removed') return host;
    if (host.state !== 'inactive' && host.state !== 'active') throw conflict();
    const containers = this.#views.containersOn(host.id);
    this.#store.put(...removeHost(host, containers));
    return this.#store.hosts.get(host.id) ?? host;
  }

  #act(host: HostRecord, { action }: ActionRequest, { scope }: Context): Acted {
    checkAvailable(action, hostActions(host.state));
    return { status: 202, body: this.#views.host(this.#begin(host, action), scope) };
  }

  #begin(host: HostRecord, action: string): HostRecord {
    if (action === 'remove' || action === 'delete') return this.#remove(host);
    const state = STATES[action];
    if (state === undefined) return host;
    const next = { ...host, state };
    this.#store.put(next);
    return next;
  }
}
