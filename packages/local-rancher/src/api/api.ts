import type { Access } from '../access/access.js';
import type { Caller } from '../access/caller.js';
import type { Pace } from '../pace.js';
import type { Store } from '../store/store.js';
import { listCollection, listRelated, renderIncluding } from './collection.js';
import { internalError, invalidAction, methodNotAllowed, notFound } from './errors.js';
import type { Body, Views } from './render/views.js';
import type { Target } from './request.js';
import { ApiKeys } from './resources/api-keys.js';
import { Containers } from './resources/containers.js';
import { Hosts } from './resources/hosts.js';
import { authConfigResource, tokenResource } from './resources/logins.js';
import { networkResource, partResources } from './resources/parts.js';
import type { ActionRequest, Context, Input, Resource } from './resources/resource.js';
import { schemaResource } from './resources/schemas.js';
import { SERVICE_KINDS } from './resources/service-reading.js';
import { Services } from './resources/services.js';
import { Stacks } from './resources/stacks.js';
import { accountResource, emptyResources, projectResource, settingResource } from './resources/surroundings.js';

export interface ApiRequest {
  method: string;
  target: Target;
  caller: Caller;
  query: URLSearchParams;
  /** @throws ApiError 400 */
  readBody: () => Input;
}

export interface ApiAnswer {
  status: number;
  body: Body;
}

export interface ApiOptions {
  store: Store;
  views: Views;
  access: Access;
  pace: Pace;
}

// Each resource is used with its own records only; which these are doesn't matter here.
// biome-ignore lint/suspicious/noExplicitAny: a map of resources over different records
type AnyResource = Resource<any>;

const allResources = ({ store, views, access, pace }: ApiOptions): AnyResource[] => {
  const containers = new Containers(store, views);
  const services = new Services(store, views, pace);
  const served: AnyResource[] = [
    new Stacks(store, views, pace).resource('stack'),
    ...SERVICE_KINDS.map((kind) => services.resource(kind)),
    containers.resource('container'),
    containers.resource('instance'),
    new Hosts(store, views).resource(),
    new ApiKeys(store).resource(),
    projectResource(views),
    accountResource(),
    settingResource(),
    schemaResource(),
    networkResource(),
    ...partResources(store, views),
    authConfigResource(store),
    tokenResource(store, access),
  ];
  return [...served, ...emptyResources(new Set(served.map(({ type }) => type)))];
};

/** Under their names in addresses; Rancher takes the singular and any case too, and older clients use them (README 10). */
const byName = (resources: readonly AnyResource[]): Map<string, AnyResource> =>
  new Map(
    resources.flatMap((resource) => [resource.type, resource.plural ?? `${resource.type}s`].map((name) => [name.toLowerCase(), resource])),
  );

/** Answers requests below `/v2-beta` and `/v1`. */
export class Api {
  readonly #resources: ReadonlyMap<string, AnyResource>;
  /** What v1 has instead of stacks. */
  readonly #v1: ReadonlyMap<string, AnyResource>;

  constructor(options: ApiOptions) {
    this.#resources = byName(allResources(options));
    this.#v1 = byName([new Stacks(options.store, options.views, options.pace).resource('environment')]);
  }

  /** @throws ApiError */
  answer(request: ApiRequest): ApiAnswer {
    const { target } = request;
    const resource = this.#resourceOf(target);
    if (!resource || !(target.id === undefined || resource.hasNames || MAY_BE_ID.test(target.id))) throw notFound();
    if (target.id === undefined) return this.#onCollection(resource, request);
    return target.link === undefined ? this.#onItem(resource, request, target.id) : this.#onLink(resource, request, target.id);
  }

  #resourceOf({ collection, scope }: Target): AnyResource | undefined {
    const name = collection.toLowerCase();
    return (scope.version === 'v1' ? this.#v1.get(name) : undefined) ?? this.#resources.get(name);
  }

  #onCollection(resource: AnyResource, { method, target, caller, query, readBody }: ApiRequest): ApiAnswer {
    const context = { scope: target.scope, caller };
    if (method === 'GET') return { status: 200, body: listCollection(resource, { context, self: target.self, query }) };
    if (method !== 'POST') throw methodNotAllowed();
    // Nothing can be done with a list as a whole.
    if (query.has('action')) throw invalidAction();
    if (!resource.create) throw methodNotAllowed();
    return { status: 201, body: resource.create(readBody(), context) };
  }

  #onItem(resource: AnyResource, request: ApiRequest, id: string): ApiAnswer {
    const { method, target, caller, query } = request;
    const context = { scope: target.scope, caller };
    const record = resource.find(id);
    if (method !== 'GET') return this.#change(resource, request, record, context);
    if (record === undefined) throw notFound();
    return { status: 200, body: renderIncluding(resource, record, context, query) };
  }

  #change(resource: AnyResource, { method, query, readBody }: ApiRequest, record: unknown, context: Context): ApiAnswer {
    const action = query.get('action');
    if (method === 'POST' && action !== null) return this.#act(resource, record, { action, input: readBody() }, context);
    const change = { PUT: resource.update, DELETE: resource.remove }[method];
    if (!change) throw methodNotAllowed();
    if (record === undefined) throw resource.failsOnUnknown ? internalError() : notFound();
    const body = method === 'PUT' ? resource.update?.(record, readBody(), context) : resource.remove?.(record, context);
    return { status: 200, body: body ?? {} };
  }

  /** Whether there is such an action comes before whether there is such an object. */
  #act(resource: AnyResource, record: unknown, request: ActionRequest, context: Context): ApiAnswer {
    if (!resource.act || !resource.actions?.includes(request.action)) throw invalidAction();
    if (record === undefined) throw notFound();
    return resource.act(record, request, context);
  }

  #onLink(resource: AnyResource, request: ApiRequest, id: string): ApiAnswer {
    const { method, target, caller, query } = request;
    const child = method === 'POST' && resource.children?.[target.link?.toLowerCase() ?? ''];
    if (child) return this.#createBelow(child, request, id);
    const context = { scope: target.scope, caller };
    const record = resource.find(id);
    const link = Object.keys(resource.related).find((name) => name === target.link?.toLowerCase());
    if (record === undefined || link === undefined) throw notFound();
    if (method !== 'GET') throw methodNotAllowed();
    const related = resource.related[link]?.(record, context);
    if (!related) throw notFound();
    if ('one' in related) return { status: 200, body: related.one };
    const type = this.#resources.get(related.type.toLowerCase()) ?? emptyList(related.type);
    return { status: 200, body: listRelated(type, related.many, { context, self: target.self, query }) };
  }

  /** `POST stacks/<id>/services` creates in that stack. */
  #createBelow({ type, field }: { type: string; field: string }, { target, caller, readBody }: ApiRequest, id: string): ApiAnswer {
    const create = this.#resources.get(type)?.create;
    if (!create) throw methodNotAllowed();
    return { status: 201, body: create({ [field]: id, ...readBody() }, { scope: target.scope, caller }) };
  }
}

/** Begins as Rancher's ids do, or with a letter: then it is only looked for in vain. */
const MAY_BE_ID = /^(?:1[a-z]|[a-z])/i;

/** Related objects of a type that has no list of its own. */
const emptyList = (type: string): AnyResource => ({
  type,
  filters: {},
  createTypes: {},
  isPaged: true,
  all: () => [],
  find: () => undefined,
  value: () => null,
  render: () => ({}),
  related: {},
});
