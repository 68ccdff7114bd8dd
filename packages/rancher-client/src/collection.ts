import { z } from 'zod';
import { InvalidArgumentError, RancherError, RancherUnreachableError } from './errors.js';
import { type Condition, type Filters, type FilterTable, parseFilters, satisfies, toQuery } from './filters.js';
import type { HttpClient, Query } from './http/http.js';
import { type Page, readPages } from './paging.js';
import { collectionSchema } from './schemas/collection.js';

/** What tells one kind of resource from another. */
export interface ResourceKind<T> {
  /** Plural, as in the URL. */
  plural: string;
  /** Rancher doesn't check the prefix of an id (`services/1st7` is 1s7, recording 03-09c), so it is checked here. */
  id: RegExp;
  schema: z.ZodType<T>;
  filters: FilterTable;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface ReadOptions extends CallOptions {
  /** Related resources that come along, such as `instances` of a service. */
  include?: readonly string[] | undefined;
}

/**
 * Rows on a page. Rancher would give 3,000, which are 14 MB of text and several times that once parsed; what one page leaves behind
 * makes room for the next.
 */
const PAGE_LIMIT = 500;

/** The resources of one kind. Every method throws RancherError, RancherUnreachableError, or the reason of its signal. */
export class Collection<T extends { id: string }> {
  readonly #http: HttpClient;
  readonly #kind: ResourceKind<T>;
  readonly #path: string;
  readonly #pageSchema: z.ZodType<Page<T>>;

  constructor(http: HttpClient, parent: string, kind: ResourceKind<T>) {
    this.#http = http;
    this.#kind = kind;
    this.#path = `${parent}/${kind.plural}`;
    this.#pageSchema = pageSchemaOf(kind.schema);
  }

  /**
   * Every page, sorted by id. Removed resources are never in it, whatever the filter.
   * @throws InvalidArgumentError for a filter that Rancher would ignore, UnstableListError rather than to return a part
   */
  list(filters: Filters = {}, options: ReadOptions = {}): Promise<T[]> {
    return this.listAs((row) => row, filters, options);
  }

  /** As `list`, but of each row only what `keep` makes of it outlives its page: a site has thousands, of 4 kB each. */
  async listAs<U>(keep: (row: T) => U, filters: Filters = {}, options: ReadOptions = {}): Promise<U[]> {
    const conditions = parseFilters(this.#kind.filters, filters);
    const rows = await readPages(this.#path, async (offset) => {
      const page = await this.#page(conditions, offset, options);
      return { ...page, rows: page.rows.map((row) => ({ id: row.id, kept: satisfies(row, conditions) ? [keep(row)] : [] })) };
    });
    return rows.flatMap(({ kept }) => kept);
  }

  /** A resource, for days after its removal too (state `removed`). Not there: RancherError with status 404. */
  get(id: string, options: ReadOptions = {}): Promise<T> {
    return this.#item({ method: 'GET', id, query: includeQuery(options) }, options);
  }

  /** As get, but undefined where Rancher itself says 404. */
  async find(id: string, options: ReadOptions = {}): Promise<T | undefined> {
    try {
      return await this.get(id, options);
    } catch (error) {
      if (error instanceof RancherError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Not idempotent: after an outcome `unknown`, or a RancherError of 500 and more, look whether it is there before a repetition. */
  create(body: object, { signal }: CallOptions = {}): Promise<T> {
    return this.#http.request({ method: 'POST', path: this.#path, body, schema: this.#kind.schema, signal });
  }

  /** PUT of some fields. Rancher ignores a launchConfig here (recording 03-22): that takes the action upgrade. */
  update(id: string, body: object, options: CallOptions = {}): Promise<T> {
    return this.#item({ method: 'PUT', id, body }, options);
  }

  /** Asks for the removal. It is done when it was *seen* done: one straight after a creation can get lost (recording 07-20). An unknown id is a 500. */
  remove(id: string, options: CallOptions = {}): Promise<T> {
    return this.#item({ method: 'DELETE', id }, options);
  }

  /** An action that answers with the resource, such as activate, deactivate, upgrade, finishupgrade. */
  async action(id: string, action: string, body?: object, options: CallOptions = {}): Promise<T> {
    return this.#item({ method: 'POST', id, query: actionQuery(action), body }, options);
  }

  /** The path of one resource. @throws InvalidArgumentError for an id of another kind */
  protected itemPath(id: string): string {
    if (!this.#kind.id.test(id))
      throw new InvalidArgumentError(`"${id}" is not an id among ${this.#kind.plural} (${this.#kind.id.source}).`);
    return `${this.#path}/${id}`;
  }

  async #item({ id, ...request }: ItemRequest, { signal }: CallOptions): Promise<T> {
    const path = this.itemPath(id);
    const item = await this.#http.request({ ...request, path, schema: this.#kind.schema, signal });
    if (item.id === id) return item;
    const reason = `Rancher answered with ${item.id} instead of ${id}`;
    throw new RancherUnreachableError({ method: request.method, path }, { code: 'InvalidAnswer', outcome: 'unknown', reason });
  }

  #page(conditions: readonly Condition[], offset: number, options: ReadOptions): Promise<Page<T>> {
    const marker: Query = offset > 0 ? [['marker', `m${offset}`]] : [];
    return this.#http.request({
      method: 'GET',
      path: this.#path,
      query: [...toQuery(conditions), ...includeQuery(options), ['sort', 'id'], ['limit', String(PAGE_LIMIT)], ...marker],
      schema: this.#pageSchema,
      signal: options.signal,
    });
  }
}

interface ItemRequest {
  method: 'GET' | 'PUT' | 'DELETE' | 'POST';
  id: string;
  query?: Query;
  body?: object | undefined;
}

/** Made once for all clients: zod compiles a schema when it is first used. */
const pageSchemas = new WeakMap<z.ZodType, z.ZodType>();

function pageSchemaOf<T>(row: z.ZodType<T>): z.ZodType<Page<T>> {
  const schema = (pageSchemas.get(row) as z.ZodType<Page<T>> | undefined) ?? pageSchema(row);
  pageSchemas.set(row, schema);
  return schema;
}

/** A page with its next offset. A page that says it is partial and doesn't say where it goes on is none that can be used. */
function pageSchema<T>(row: z.ZodType<T>): z.ZodType<Page<T>> {
  return collectionSchema(row).transform(({ data, pagination }, context) => {
    if (!pagination?.next && !pagination?.partial) return { rows: data, next: null };
    const offset = /[?&]marker=m(\d+)(?:&|$)/.exec(pagination.next ?? '')?.[1];
    if (offset !== undefined) return { rows: data, next: Number(offset) };
    context.addIssue({ code: 'custom', message: 'there is more, but no marker of the form m<offset>' });
    return z.NEVER;
  });
}

function includeQuery({ include = [] }: ReadOptions): Query {
  return include.map((name) => ['include', name]);
}

export function actionQuery(action: string): Query {
  if (!/^[A-Za-z]+$/.test(action)) throw new InvalidArgumentError(`"${action}" is not the name of an action.`);
  return [['action', action]];
}
