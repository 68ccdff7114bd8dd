import type { Caller } from '../../access/caller.js';
import { ADMIN_ID, PROJECT_ID } from '../../model/ids.js';
import { PORT_RANGE } from '../../model/ports.js';
import { actionsOf, dateOf, linksOf, type Scope, transitionOf } from './links.js';

/** The time that the project and the host carry: a fresh Rancher has both from its installation on. */
export const INSTALLED_TS = Date.UTC(2020, 0, 1);

const PROJECT_ACTIONS = ['upgrade', 'update', 'deactivate', 'setmembers', 'delete', 'defaultNetworkId'];
const PROJECT_LINKS = ['accountLinks', 'containers', 'hosts', 'instances', 'networks', 'ports', 'services', 'stacks', 'hostStats'];

/** Links of a project are below the unscoped address. */
const rootOf = ({ base }: Scope): string => base.replace(/\/projects\/[^/]+$/, '');

/** The one project (recording 01-07). Its own key may do less with it (recording 10-13d). */
export const renderProject = (scope: Scope, { kind }: Caller): Record<string, unknown> => ({
  id: PROJECT_ID,
  type: 'project',
  links: linksOf(`${rootOf(scope)}/projects/${PROJECT_ID}`, PROJECT_LINKS),
  actions: actionsOf(`${rootOf(scope)}/projects/${PROJECT_ID}`, kind === 'project' ? ['defaultNetworkId'] : PROJECT_ACTIONS),
  baseType: 'account',
  name: 'Default',
  state: 'active',
  allowSystemRole: false,
  created: dateOf(INSTALLED_TS),
  createdTS: INSTALLED_TS,
  data: { fields: { orchestration: 'cattle', servicesPortRange: { startPort: PORT_RANGE.start, endPort: PORT_RANGE.end } } },
  defaultNetworkId: '1n5',
  description: null,
  healthState: 'healthy',
  hostRemoveDelaySeconds: null,
  kind: 'project',
  members: null,
  orchestration: 'cattle',
  projectLinks: null,
  projectTemplateId: null,
  removeTime: null,
  removed: null,
  servicesPortRange: { type: 'servicesPortRange', endPort: PORT_RANGE.end, startPort: PORT_RANGE.start },
  ...transitionOf(false, null),
  uuid: 'adminProject',
  version: '2',
  virtualMachine: false,
});

/** The root documents `/v1` and `/v2-beta` (recordings 01-01, 01-04). */
export const renderRoot = (version: string, root: string): Record<string, unknown> => ({
  id: version,
  type: 'apiVersion',
  links: linksOf(root, [
    'accounts',
    'apiKeys',
    'containers',
    'hosts',
    'instances',
    'networks',
    'projects',
    'schemas',
    'services',
    'settings',
    'stacks',
    'subscribe',
  ]),
  actions: {},
  baseType: 'apiVersion',
});

/** The administrator's account. */
export const renderAdmin = (scope: Scope, name: string): Record<string, unknown> => ({
  id: ADMIN_ID,
  type: 'account',
  links: linksOf(`${rootOf(scope)}/accounts/${ADMIN_ID}`, ['apiKeys', 'projects']),
  actions: {},
  baseType: 'account',
  name,
  state: 'active',
  created: dateOf(INSTALLED_TS),
  createdTS: INSTALLED_TS,
  description: null,
  externalId: null,
  externalIdType: null,
  kind: 'admin',
  removed: null,
  ...transitionOf(false, null),
  uuid: 'admin',
});

/** A setting; one that nobody set has no value (recordings 00-01, 00-02). */
export const renderSetting = (name: string, value: string | null, scope: Scope): Record<string, unknown> => ({
  id: name,
  type: 'activeSetting',
  links: linksOf(`${scope.base}/settings/${name}`, []),
  actions: {},
  baseType: 'setting',
  name,
  activeValue: value,
  inDb: false,
  source: value === null ? null : 'Java system properties',
  value,
});
