import { HOST_ID, PROJECT_ID } from '../../model/ids.js';
import type { Store } from '../../store/store.js';
import { HOST_FILTERS } from '../query/filter-fields.js';
import type { FieldValue } from '../query/filters.js';
import { renderProject } from '../render/surroundings.js';
import type { Views } from '../render/views.js';
import type { Resource } from './resource.js';

interface Fixed {
  id: string;
  values: Readonly<Record<string, FieldValue>>;
}

const HOST: Fixed = { id: HOST_ID, values: { id: '1', kind: 'local', name: 'local', state: 'active', uuid: 'local-host' } };
const PROJECT: Fixed = { id: PROJECT_ID, values: {} };

/** The host that everything runs on. */
export const hostResource = (store: Store, views: Views): Resource<Fixed> => ({
  type: 'host',
  filters: HOST_FILTERS,
  createTypes: {},
  isPaged: true,
  all: () => [HOST],
  find: (id) => (id === HOST.id ? HOST : undefined),
  value: (host, field) => host.values[field] ?? null,
  render: (_host, scope) => views.host(scope),
  related: {
    instances: (_host, scope) => ({
      type: 'instance',
      many: store.containers
        .all()
        .filter((container) => container.state !== 'removed')
        .map((container) => views.container(container, scope)),
    }),
  },
});

/** The project that everything belongs to. */
export const projectResource = (): Resource<Fixed> => ({
  type: 'project',
  filters: {},
  createTypes: {},
  isPaged: false,
  all: () => [PROJECT],
  find: (id) => (id === PROJECT.id ? PROJECT : undefined),
  value: () => null,
  render: (_project, scope) => renderProject(scope.base),
  related: {},
});
