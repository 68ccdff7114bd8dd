import { linksOf } from '../render/links.js';
import { LISTED_TYPES, pluralOf, SCHEMA_NAMES } from '../schema-names.js';
import { type Item, readOnly } from './fixed.js';
import type { Resource } from './resource.js';

const WRITABLE: ReadonlySet<string> = new Set(['apiKey', 'service', 'stack']);
const LISTED: ReadonlySet<string> = new Set(LISTED_TYPES);

const methodsOf = (type: string): { resourceMethods: string[]; collectionMethods: string[] } => {
  if (WRITABLE.has(type)) return { resourceMethods: ['GET', 'PUT', 'DELETE'], collectionMethods: ['GET', 'POST'] };
  return { resourceMethods: ['GET'], collectionMethods: LISTED.has(type) ? ['GET'] : [] };
};

/** That a type is there, where its list is and what it takes; its fields aren't described. */
const schema = (type: string): Item => ({
  id: type,
  show: ({ scope }) => ({
    id: type,
    type: 'schema',
    links: { ...linksOf(`${scope.base}/schemas/${type.toLowerCase()}`, []), collection: `${scope.base}/${pluralOf(type).toLowerCase()}` },
    actions: {},
    pluralName: pluralOf(type),
    ...methodsOf(type),
    baseType: 'schema',
  }),
});

/** The types that the API knows (recordings 08-10, 08-11); names take any case. */
export const schemaResource = (): Resource<Item> => {
  const schemas = new Map(SCHEMA_NAMES.map((name) => [name.toLowerCase(), schema(name)]));
  return readOnly(
    { type: 'schema', isPaged: false, hasNames: true },
    () => [...schemas.values()],
    (id) => schemas.get(id.toLowerCase()) ?? schemas.get(id.toLowerCase().replace(/s$/, '')),
  );
};
