import type { Filter, ListQuery, SortKey } from '../schemas/list-query.js';
import type { SessionResource } from '../schemas/session.js';

const KEYS: Record<SortKey, (session: SessionResource) => string> = {
  name: ({ metadata }) => metadata.name,
  owner: ({ spec }) => spec.owner.name,
  phase: ({ status }) => status.phase,
  image: ({ spec }) => spec.image,
  created: ({ metadata }) => metadata.creationTimestamp,
};

/** Tells whether a session is one of those that are asked for. */
export function matcher({ owner, phase, search }: Filter): (session: SessionResource) => boolean {
  const phases = phase?.split(',');
  const text = search?.toLowerCase();
  return ({ metadata, spec, status }) =>
    (owner === undefined || spec.owner.name === owner) &&
    (phases === undefined || phases.includes(status.phase)) &&
    (text === undefined || [metadata.name, spec.owner.name, spec.image].some((field) => field.toLowerCase().includes(text)));
}

/** Where a page ends: what its last session is sorted by, and its name, which tells apart those that have the same. */
export interface Place {
  key: string;
  name: string;
}

export interface Order {
  compare(a: Place, b: Place): number;
  placeOf(session: SessionResource): Place;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By code units, so that it is the same on every machine; equals by their names. */
export function orderOf(sort: ListQuery['sort']): Order {
  const turn = sort.startsWith('-') ? -1 : 1;
  const keyOf = KEYS[sort.replace('-', '') as SortKey];
  return {
    compare: (a, b) => turn * compareText(a.key, b.key) || turn * compareText(a.name, b.name),
    placeOf: (session) => ({ key: keyOf(session), name: session.metadata.name }),
  };
}

export interface Page {
  items: SessionResource[];
  /** Where the page ends, if there is another. */
  end: Place | undefined;
  remaining: number;
}

/**
 * A page of those that match, after a place. Who stays where they are is on exactly one page, whatever comes, goes or moves between two requests.
 */
export function select(sessions: readonly SessionResource[], query: ListQuery, after: Place | undefined): Page {
  const { compare, placeOf } = orderOf(query.sort);
  const rest = sessions
    .filter(matcher(query))
    .map((session) => ({ session, place: placeOf(session) }))
    .filter(({ place }) => after === undefined || compare(place, after) > 0)
    .sort((a, b) => compare(a.place, b.place));
  const page = rest.slice(0, query.limit);
  const remaining = rest.length - page.length;
  return { items: page.map(({ session }) => session), end: remaining > 0 ? page.at(-1)?.place : undefined, remaining };
}
