import { comparer, matcher, rowOf, STATES } from './rows.js';

/** All sessions, and those of them that are looked for, in order. */
export class Collection {
  /** By their uid: a session may get another name. */
  #rows = new Map();
  /** All of them in order, as of the last look: what is nearly sorted is sorted quickly. */
  #sorted = [];
  #seen = new Map();
  #filter = { search: '', states: new Set() };
  #order = { key: 'name', descending: false };
  #stale = true;
  #view = [];
  counts = Object.fromEntries(STATES.map((state) => [state, 0]));

  get size() {
    return this.#rows.size;
  }

  get order() {
    return this.#order;
  }

  get(uid) {
    return this.#rows.get(uid);
  }

  named(name) {
    for (const row of this.#rows.values()) if (row.name === name) return row;
    return undefined;
  }

  seenAt = (uid) => this.#seen.get(uid);

  look(filter) {
    this.#filter = filter;
    this.#stale = true;
  }

  sort(order) {
    this.#order = order;
    this.#stale = true;
  }

  /** @param {Map<string, number>} seen when each was last used, by uid, in ms since the epoch */
  setSeen(seen) {
    this.#seen = seen;
    this.#stale ||= this.#order.key === 'seen';
  }

  /** Takes over a list of all there are; who stayed as they were keep their rows. */
  replace(resources) {
    const before = this.#rows;
    this.#rows = new Map();
    for (const state of STATES) this.counts[state] = 0;
    // One that got another name meanwhile may be on two pages.
    for (const resource of new Map(resources.map((each) => [each.metadata.uid, each])).values()) {
      const { uid, resourceVersion } = resource.metadata;
      const known = before.get(uid);
      const row = known?.version === resourceVersion ? known : rowOf(resource);
      this.#rows.set(uid, row);
      this.counts[row.state] += 1;
    }
    this.#stale = true;
  }

  /** @param {{ type: 'ADDED' | 'MODIFIED' | 'DELETED', object: object }} change */
  apply({ type, object }) {
    const { uid } = object.metadata;
    const before = this.#rows.get(uid);
    if (before) this.counts[before.state] -= 1;
    this.#stale = true;
    if (type === 'DELETED') {
      this.#rows.delete(uid);
      return;
    }
    const row = rowOf(object);
    this.counts[row.state] += 1;
    this.#rows.set(uid, row);
  }

  /** Those that are looked for, in order. The same array as before where nothing has changed. */
  view() {
    if (!this.#stale) return this.#view;
    this.#stale = false;
    const left = new Map(this.#rows);
    const known = [];
    for (const { uid } of this.#sorted) {
      const row = left.get(uid);
      if (row && left.delete(uid)) known.push(row);
    }
    this.#sorted = [...known, ...left.values()].sort(comparer(this.#order, this.seenAt));
    this.#view = this.#sorted.filter(matcher(this.#filter));
    return this.#view;
  }
}
