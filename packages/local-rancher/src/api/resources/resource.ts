import type { FieldValue, FilterTypes } from '../query/filters.js';
import type { Scope } from '../render/links.js';
import type { Body } from '../render/views.js';

export type Input = Readonly<Record<string, unknown>>;

/** What the API can do with one kind of object. What isn't there isn't allowed (405). */
export interface Resource<T> {
  type: string;
  filters: FilterTypes;
  /** What can be created here, by type: the path below the scope (recordings 01-12, 08-01-filter-00). */
  createTypes: Readonly<Record<string, string>>;
  /** Whether lists come with pagination; the list of projects doesn't (recording 01-06). */
  isPaged: boolean;
  /** What lists show: never what is removed, whatever the filter (README, "State machines"). */
  all(): T[];
  find(id: string): T | undefined;
  value(record: T, field: string): FieldValue;
  render(record: T, scope: Scope): Body;
  /** Related objects by the name of the link. */
  related: Readonly<Record<string, (record: T, scope: Scope) => Related>>;
  create?(input: Input): T;
  update?(record: T, input: Input): T;
  remove?(record: T): T;
  /** @throws ApiError ActionNotAvailable, InvalidAction */
  act?(record: T, action: string, input: Input): T;
}

/** One related object, or a list of them with its type. */
type Related = { one: Body } | { type: string; many: Body[] };
