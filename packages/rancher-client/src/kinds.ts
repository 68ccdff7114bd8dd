import type { ResourceKind } from './collection.js';
import { type Container, containerSchema } from './schemas/container.js';
import { type Host, hostSchema } from './schemas/host.js';
import { type Project, projectSchema } from './schemas/project.js';
import { type Service, serviceSchema } from './schemas/service.js';
import { type Stack, stackSchema } from './schemas/stack.js';

/** Filters that stacks, services and containers share (`filters` of recordings 01-12, 08-01, 07-30d). */
const FILTERS = {
  id: 'number',
  name: 'text',
  description: 'text',
  externalId: 'text',
  healthState: 'text',
  kind: 'text',
  state: 'exact',
  uuid: 'text',
} as const;

/** Projects have no filters at Rancher (recording 01-06): the client's own check of the rows does it. */
export const PROJECTS: ResourceKind<Project> = {
  plural: 'projects',
  id: /^\d+a\d+$/,
  schema: projectSchema,
  filters: { name: 'exact', state: 'exact' },
};

export const STACKS: ResourceKind<Stack> = {
  plural: 'stacks',
  id: /^\d+st\d+$/,
  schema: stackSchema,
  filters: { ...FILTERS, group: 'text' },
};

export const SERVICES: ResourceKind<Service> = {
  plural: 'services',
  id: /^\d+s\d+$/,
  schema: serviceSchema,
  filters: { ...FILTERS, stackId: 'exact' },
};

/** Without stackId and serviceId, which are null in every recorded container: the filters would find nothing. */
export const CONTAINERS: ResourceKind<Container> = { plural: 'containers', id: /^\d+i\d+$/, schema: containerSchema, filters: FILTERS };

export const HOSTS: ResourceKind<Host> = { plural: 'hosts', id: /^\d+h\d+$/, schema: hostSchema, filters: FILTERS };
