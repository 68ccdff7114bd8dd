import type { Store } from '../store/store.js';
import { listCollection, listRelated, renderIncluding } from './collection.js';
import { internalError, methodNotAllowed, notFound } from './errors.js';
import type { Body, Views } from './render/views.js';
import type { Target } from './request.js';
import { Containers } from './resources/containers.js';
import type { Input, Resource } from './resources/resource.js';
import { Services } from './resources/services.js';
import { Stacks } from './resources/stacks.js';
import { hostResource, projectResource } from './resources/surroundings.js';

export interface ApiRequest {
  method: string;
  target: Target;
  query: URLSearchParams;
  /** @throws ApiError 400 */
  readBody: () => Input;
}

export interface ApiAnswer {
  status: number;
  body: Body;
}

// Each resource is used with its own records only; which these are doesn't matter here.
// biome-ignore lint/suspicious/noExplicitAny: a map of resources over different records
type AnyResource = Resource<any>;

/** Answers requests below `/v2-beta`. */
export class Api {
  readonly #resources: ReadonlyMap<string, AnyResource>;

  constructor(store: Store, views: Views) {
    const containers = new Containers(store, views);
    const resources: AnyResource[] = [
      new Stacks(store, views).resource(),
      new Services(store, views).resource(),
      containers.resource('container'),
      containers.resource('instance'),
      hostResource(store, views),
      projectResource(),
    ];
    // Rancher takes the singular and any case too; older clients use them (README 10).
    this.#resources = new Map(resources.flatMap((resource) => [resource.type, `${resource.type}s`].map((name) => [name, resource])));
  }

  /** @throws ApiError */
  answer(request: ApiRequest): ApiAnswer {
    const { target } = request;
    const resource = this.#resources.get(target.collection.toLowerCase());
    if (!resource) throw notFound();
    if (target.id === undefined) return this.#onCollection(resource, request);
    return target.link === undefined ? this.#onItem(resource, request, target.id) : this.#onLink(resource, request, target.id);
  }

  #onCollection(resource: AnyResource, { method, target, query, readBody }: ApiRequest): ApiAnswer {
    if (method === 'GET') return { status: 200, body: listCollection(resource, { ...target, query }) };
    if (method !== 'POST' || !resource.create) throw methodNotAllowed();
    return { status: 201, body: resource.render(resource.create(readBody()), target.scope) };
  }

  #onItem(resource: AnyResource, request: ApiRequest, id: string): ApiAnswer {
    const { method, target, query } = request;
    const record = resource.find(id);
    if (method === 'GET') {
      if (record === undefined) throw notFound();
      return { status: 200, body: renderIncluding(resource, record, target.scope, query) };
    }
    const { status, changed } = this.#change(resource, request, record);
    return { status, body: resource.render(changed, target.scope) };
  }

  #change(resource: AnyResource, { method, query, readBody }: ApiRequest, record: unknown): { status: number; changed: unknown } {
    const action = query.get('action');
    if (method === 'PUT' && resource.update) return { status: 200, changed: resource.update(this.#existing(record), readBody()) };
    if (method === 'DELETE' && resource.remove) return { status: 200, changed: resource.remove(this.#existing(record)) };
    if (method !== 'POST' || action === null || !resource.act) throw methodNotAllowed();
    if (record === undefined) throw notFound();
    return { status: 202, changed: resource.act(record, action, readBody()) };
  }

  /** Rancher fails where a PUT or DELETE finds nothing (recordings 03-09d, 03-09e). */
  #existing<T>(record: T | undefined): T {
    if (record === undefined) throw internalError();
    return record;
  }

  #onLink(resource: AnyResource, { method, target, query }: ApiRequest, id: string): ApiAnswer {
    const record = resource.find(id);
    const link = Object.keys(resource.related).find((name) => name === target.link?.toLowerCase());
    const related = record === undefined || link === undefined ? undefined : resource.related[link]?.(record, target.scope);
    if (!related) throw notFound();
    if (method !== 'GET') throw methodNotAllowed();
    if ('one' in related) return { status: 200, body: related.one };
    const type = this.#resources.get(related.type);
    if (!type) throw notFound();
    return { status: 200, body: listRelated(type, related.many, { ...target, query }) };
  }
}
