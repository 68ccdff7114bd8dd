import type { Caller } from '../../access/caller.js';
import type { FieldValue, FilterTypes } from '../query/filters.js';
import type { Body } from '../render/views.js';
import type { Context, Resource } from './resource.js';

interface FixedOptions {
  type: string;
  plural?: string;
  filters?: FilterTypes;
  isPaged?: boolean;
  hasNames?: true;
  related?: Resource<Item>['related'];
}

/** What has no record of its own: its address and how it is shown. */
export interface Item {
  id: string;
  values?: Readonly<Record<string, FieldValue>>;
  show(context: Context): Body;
}

/** Objects that can only be read. */
export const readOnly = (
  options: FixedOptions,
  all: (caller: Caller) => Item[],
  find?: (id: string) => Item | undefined,
): Resource<Item> => ({
  type: options.type,
  ...(options.plural !== undefined && { plural: options.plural }),
  filters: options.filters ?? {},
  createTypes: {},
  isPaged: options.isPaged ?? true,
  ...(options.hasNames && { hasNames: options.hasNames }),
  all,
  find: find ?? ((id) => everything(all).find((item) => item.id === id)),
  value: (item, field) => item.values?.[field] ?? null,
  render: (item, context) => item.show(context),
  related: options.related ?? {},
});

const ANYBODY: Caller = { account: 1, user: 1, kind: 'admin', name: 'admin' };

const everything = (all: (caller: Caller) => Item[]): Item[] => all(ANYBODY);
