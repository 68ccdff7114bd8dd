import { type Candidate, readContainer } from './container.js';
import type { TableSettings } from './types.js';

/** All that a candidate follows from. */
type Fields = readonly unknown[];

interface Remembered {
  fields: Fields;
  candidate: Candidate | undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const sameFields = (a: Fields, b: Fields): boolean => a.every((value, at) => value === b[at]);

/** Reads containers, and those that are as they were at the last reading only once: what they came to is the same object then. */
export class ContainerMemory {
  #remembered = new Map<unknown, Remembered>();

  constructor(private readonly settings: TableSettings) {}

  /** What the containers that ask for requests come to. */
  read(containers: readonly unknown[]): Candidate[] {
    const next = new Map<unknown, Remembered>();
    const candidates: Candidate[] = [];
    for (const entry of containers) {
      const candidate = this.#readOne(entry, next);
      if (candidate) candidates.push(candidate);
    }
    this.#remembered = next;
    return candidates;
  }

  #readOne(entry: unknown, next: Map<unknown, Remembered>): Candidate | undefined {
    const { label, proxyLabel } = this.settings;
    if (!isObject(entry) || !isObject(entry.labels)) return readContainer(entry, this.settings);
    const { labels, uuid } = entry;
    if (!Object.hasOwn(labels, label)) return undefined;
    const options = Object.hasOwn(labels, proxyLabel) ? labels[proxyLabel] : undefined;
    const { stack_name: stack, service_name: service, primary_ip: ip, state, health_state: health } = entry;
    const fields = [stack, service, uuid, ip, state, health, labels[label], options];
    const before = this.#remembered.get(uuid);
    const isAsBefore = before !== undefined && sameFields(before.fields, fields);
    const remembered = isAsBefore ? before : { fields, candidate: readContainer(entry, this.settings) };
    next.set(uuid, remembered);
    return remembered.candidate;
  }
}
