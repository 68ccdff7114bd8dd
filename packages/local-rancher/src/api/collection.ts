import { describeFilters, readFilters, toMatcher } from './query/filters.js';
import { describeSort, pagination, readLimit, readSort, sortBy, takePage } from './query/page.js';
import type { Body } from './render/views.js';
import type { Context, Resource } from './resources/resource.js';

interface ListRequest {
  context: Context;
  /** The address asked for, without parameters. */
  self: string;
  query: URLSearchParams;
}

const prefixed = (paths: Readonly<Record<string, string>>, base: string): Record<string, string> =>
  Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `${base}/${path}`]));

const sortLinks = (fields: readonly string[], self: string, query: URLSearchParams): Record<string, string> => {
  const limit = query.get('limit');
  const before = limit === null ? '?' : `?&limit=${encodeURIComponent(limit)}&`;
  return Object.fromEntries(fields.map((field) => [field, `${self}${before}sort=${field}`]));
};

/** An object with what `include` asks for in it (recordings 08-02, 08-05). */
export const renderIncluding = <T>(resource: Resource<T>, record: T, context: Context, query: URLSearchParams): Body => {
  const included = query.getAll('include').flatMap((name) => {
    const related = Object.hasOwn(resource.related, name.toLowerCase())
      ? resource.related[name.toLowerCase()]?.(record, context)
      : undefined;
    return related ? [[name, 'one' in related ? related.one : related.many]] : [];
  });
  const rendered = resource.render(record, context);
  return included.length === 0 ? rendered : { ...rendered, ...Object.fromEntries(included) };
};

/** With `include` an object takes a row for each that is included, and pages count rows (recording 08-05). */
const rowsOf = <T>(resource: Resource<T>, record: T, { context, query }: ListRequest): number => {
  const included = query.getAll('include').map((name) => {
    const related = Object.hasOwn(resource.related, name.toLowerCase())
      ? resource.related[name.toLowerCase()]?.(record, context)
      : undefined;
    return related && 'many' in related ? related.many.length : 1;
  });
  return included.reduce((rows, count) => rows * Math.max(1, count), 1);
};

const frame = <T>(resource: Resource<T>, { context, self, query }: ListRequest): Body => ({
  type: 'collection',
  resourceType: resource.type,
  links: { self },
  createTypes: prefixed(resource.createTypes, context.scope.base),
  actions: {},
  sortLinks: sortLinks(Object.keys(resource.filters), self, query),
  filters: describeFilters(readFilters(query, resource.filters), resource.filters),
  createDefaults: {},
});

/** A page of all objects of a kind that the filters leave. */
export const listCollection = <T>(resource: Resource<T>, request: ListRequest): Body => {
  const { context, self, query } = request;
  const matches = toMatcher(readFilters(query, resource.filters), resource.filters);
  const found = resource.all(context.caller).filter((record) => matches((field) => resource.value(record, field)));
  const sort = readSort(query, resource.filters);
  const rendered = (record: T): Body => renderIncluding(resource, record, context, query);
  const sorted = sortBy(found, sort, resource.value);
  if (!resource.isPaged)
    return { ...frame(resource, request), data: sorted.map(rendered), pagination: null, sort: describeSort(sort, self, query) };
  const page = takePage({ records: sorted, rowsOf: (record) => rowsOf(resource, record, request) }, self, query);
  return {
    ...frame(resource, request),
    data: page.records.map(rendered),
    pagination: page.pagination,
    sort: describeSort(sort, self, query),
  };
};

/** Related objects: limit, filters and sort are named in the answer but not applied (README 7). */
export const listRelated = <T>(resource: Resource<T>, many: readonly Body[], request: ListRequest): Body => ({
  ...frame(resource, request),
  data: many,
  pagination: pagination(readLimit(request.query), null),
  sort: describeSort(readSort(request.query, resource.filters), request.self, request.query),
});
