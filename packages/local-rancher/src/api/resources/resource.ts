import type { Caller } from '../../access/caller.js';
import type { FieldValue, FilterTypes } from '../query/filters.js';
import type { Scope } from '../render/links.js';
import type { Body } from '../render/views.js';

export type Input = Readonly<Record<string, unknown>>;

/** Who asks, and what links in the answer are made of. */
export interface Context {
  scope: Scope;
  caller: Caller;
}

/** 202 for what begins a process, 200 for what is done at once. */
export interface Acted {
  status: 200 | 202;
  body: Body;
}

/** What the API can do with one kind of object. What isn't there isn't allowed (405). */
export interface Resource<T> {
  type: string;
  /** In addresses, where it isn't the type and an s. */
  plural?: string;
  filters: FilterTypes;
  /** What can be created here, by type: the path below the scope (recordings 01-12, 08-01-filter-00). */
  createTypes: Readonly<Record<string, string>>;
  /** Whether lists come with pagination; the list of projects doesn't (recording 01-06). */
  isPaged: boolean;
  /** What lists show: never what is removed, whatever the filter (README, "State machines"). */
  all(caller: Caller): T[];
  find(id: string): T | undefined;
  value(record: T, field: string): FieldValue;
  render(record: T, context: Context): Body;
  /** Actions that Rancher knows of it, whatever the state: others are InvalidAction (recording 04-01e). */
  actions?: readonly string[];
  /** Rancher fails (500) where a PUT or DELETE finds nothing, instead of saying so (recordings 03-09d, 03-09e). */
  failsOnUnknown?: true;
  /** Names that come instead of ids, e.g. of settings. */
  hasNames?: true;
  /** Related objects by the name of the link. */
  related: Readonly<Record<string, (record: T, context: Context) => Related>>;
  create?(input: Input, context: Context): Body;
  update?(record: T, input: Input, context: Context): Body;
  remove?(record: T, context: Context): Body;
  /** @throws ApiError ActionNotAvailable, InvalidAction */
  act?(record: T, request: ActionRequest, context: Context): Acted;
  /** Links that something can be created below, with the field that then refers to the record. */
  children?: Readonly<Record<string, { type: string; field: string }>>;
}

export interface ActionRequest {
  action: string;
  input: Input;
}

/** One related object, or a list of them with its type. */
export type Related = { one: Body } | { type: string; many: Body[] };

/** A link to a list that has nothing in it here. */
export const nothing =
  (type: string): (() => Related) =>
  () => ({ type, many: [] });
