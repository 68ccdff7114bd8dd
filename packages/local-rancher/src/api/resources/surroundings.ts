import type { Caller } from '../../access/caller.js';
import { ADMIN_ID, PROJECT_ID } from '../../model/ids.js';
import { ACCOUNT_FILTERS } from '../query/filter-fields.js';
import { renderAdmin, renderProject, renderSetting } from '../render/surroundings.js';
import type { Views } from '../render/views.js';
import { LISTED_TYPES, pluralOf } from '../schema-names.js';
import { type Item, readOnly } from './fixed.js';
import type { Resource } from './resource.js';

const PROJECT: Item = {
  id: PROJECT_ID,
  values: { id: 5, kind: 'project', name: 'Default', state: 'active', uuid: 'adminProject' },
  show: ({ scope, caller }) => renderProject(scope, caller),
};

/** The project that everything belongs to. */
export const projectResource = (views: Views): Resource<Item> =>
  readOnly(
    {
      type: 'project',
      isPaged: false,
      related: { hoststats: (_project, { scope }) => ({ one: views.streams.hostStats(scope, 'hoststats/project/') }) },
    },
    () => [PROJECT],
  );

const ADMIN: Item = {
  id: ADMIN_ID,
  values: { id: 1, kind: 'admin', name: 'admin', state: 'active', uuid: 'admin' },
  show: ({ scope, caller }) => renderAdmin(scope, caller.kind === 'admin' ? caller.name : 'admin'),
};

/** A project's key sees the project only (recording 10-13). */
const accountsOf = ({ kind }: Caller): Item[] => (kind === 'project' ? [PROJECT] : [ADMIN, PROJECT]);

export const accountResource = (): Resource<Item> => readOnly({ type: 'account', filters: ACCOUNT_FILTERS }, accountsOf);

const setting = (name: string): Item => ({
  id: name,
  show: ({ scope }) => renderSetting(name, name === 'api.host' ? new URL(scope.base).origin : null, scope),
});

/** Settings are asked for by name; one that nobody set is answered without a value (recording 00-01). */
export const settingResource = (): Resource<Item> => readOnly({ type: 'setting', hasNames: true }, () => [setting('api.host')], setting);

/** Types whose lists are always empty here: there are no volumes, registries, certificates and so on. */
export const emptyResources = (served: ReadonlySet<string>): Resource<Item>[] =>
  LISTED_TYPES.filter((type) => !served.has(type)).map((type) => readOnly({ type, plural: pluralOf(type) }, () => []));
