/** What can be looked for: each session is in exactly one of these, so that their numbers add up. The order is that of attention. */
export const STATES = ['Failed', 'Marked', 'Pending', 'Starting', 'Ready', 'Stopping', 'Stopped', 'Terminating'];

/** As they are written for people. */
export const STATE_NAMES = {
  Failed: 'Failed',
  Marked: 'Going idle',
  Pending: 'Pending',
  Starting: 'Starting',
  Ready: 'Ready',
  Stopping: 'Stopping',
  Stopped: 'Stopped',
  Terminating: 'Ending',
};

const POOL_LABEL = 'mooring.dev/pool';

/**
 * A session as the table has it. It is made anew with each change, so that the same object is the same content.
 *
 * @param {object} resource a Session of the API
 */
export function rowOf(resource) {
  const { metadata, spec, status } = resource;
  const { name, uid, resourceVersion, creationTimestamp, labels } = metadata;
  const marked = status.letGo && spec.running && status.phase !== 'Terminating';
  const pool = labels[POOL_LABEL];
  return {
    uid,
    name,
    version: resourceVersion,
    owner: spec.owner.name,
    pool,
    who: pool === undefined ? spec.owner.name : `waits in ${pool}`,
    image: spec.image,
    created: Date.parse(creationTimestamp),
    state: marked ? 'Marked' : status.phase,
    text: `${name}\n${spec.owner.name}\n${spec.image}`.toLowerCase(),
    resource,
  };
}

const compareText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** By what the table is sorted. `seenAt(uid)`: when it was last used, in ms since the epoch; undefined where that isn't known. */
const KEYS = {
  name: ({ name }) => name,
  owner: ({ owner }) => owner,
  phase: ({ state }) => STATES.indexOf(state),
  image: ({ image }) => image,
  created: ({ created }) => created,
  seen: ({ uid }, seenAt) => seenAt(uid) ?? 0,
};

/**
 * How two rows follow each other: by the key, and by their names where that is the same.
 *
 * @param {{ key: string, descending: boolean }} order
 * @param {(uid: string) => number | undefined} seenAt
 */
export function comparer({ key, descending }, seenAt) {
  const turn = descending ? -1 : 1;
  const of = KEYS[key];
  return (a, b) => turn * compareText(of(a, seenAt), of(b, seenAt)) || compareText(a.name, b.name);
}

/**
 * Whether a row is one of those that are looked for: each word of the search is in its name, owner or image.
 *
 * @param {{ search: string, states: ReadonlySet<string> }} filter no states: all of them
 */
export function matcher({ search, states }) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ text, state }) => (states.size === 0 || states.has(state)) && words.every((word) => text.includes(word));
}
