import { formatId, HOST_ID, PROJECT_ID } from '../../model/ids.js';
import { PORT_RANGE } from '../../model/ports.js';
import type { ContainerRecord } from '../../model/records.js';
import { dateOf, linksOf, type Scope, transitionOf } from './links.js';

/** The time that the project and the host carry: a fresh Rancher has both from its installation on. */
const INSTALLED_TS = Date.UTC(2020, 0, 1);

/** The one project (recording 01-07); its links are below the unscoped address. */
export const renderProject = (root: string): Record<string, unknown> => ({
  id: PROJECT_ID,
  type: 'project',
  links: linksOf(`${root}/projects/${PROJECT_ID}`, ['containers', 'hosts', 'instances', 'services', 'stacks']),
  actions: {},
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

/** The one host (recording 05-14): this machine. */
export const renderHost = (containers: readonly ContainerRecord[], scope: Scope): Record<string, unknown> => ({
  id: HOST_ID,
  type: 'host',
  links: linksOf(`${scope.base}/hosts/${HOST_ID}`, ['instances']),
  actions: {},
  baseType: 'host',
  name: 'local',
  state: 'active',
  accountId: PROJECT_ID,
  agentIpAddress: '127.0.0.1',
  agentState: null,
  computeTotal: 1_000_000,
  created: dateOf(INSTALLED_TS),
  createdTS: INSTALLED_TS,
  description: null,
  hostTemplateId: null,
  hostname: 'local',
  info: null,
  instanceIds: containers.map((container) => formatId('container', container.id)),
  kind: 'local',
  labels: {},
  localStorageMb: null,
  memory: null,
  milliCpu: null,
  physicalHostId: '1ph1',
  publicEndpoints: [],
  removed: null,
  stackId: null,
  ...transitionOf(false, null),
  uuid: 'local-host',
});

/** The root documents `/v1` and `/v2-beta` (recordings 01-01, 01-04). */
export const renderRoot = (version: string, root: string): Record<string, unknown> => ({
  id: version,
  type: 'apiVersion',
  links: linksOf(root, ['containers', 'hosts', 'instances', 'projects', 'services', 'stacks']),
  actions: {},
  baseType: 'apiVersion',
});
