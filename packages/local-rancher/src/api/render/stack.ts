import { stackHealthOf } from '../../model/health.js';
import { formatId, PROJECT_ID } from '../../model/ids.js';
import type { ServiceRecord, StackRecord } from '../../model/records.js';
import { stackActions } from '../actions.js';
import { actionsOf, dateOf, linksOf, removalOf, type Scope, transitionOf } from './links.js';

const RELATED = ['instances', 'services'] as const;

/** A stack as in recording 01-11; `services` are those of its that are not removed. */
export const renderStack = (stack: StackRecord, services: readonly ServiceRecord[], scope: Scope): Record<string, unknown> => {
  const id = formatId('stack', stack.id);
  const self = `${scope.base}/stacks/${id}`;
  return {
    id,
    type: 'stack',
    links: linksOf(self, RELATED),
    actions: actionsOf(self, stackActions(stack.state)),
    baseType: 'stack',
    name: stack.name,
    state: stack.state,
    accountId: PROJECT_ID,
    answers: null,
    binding: null,
    created: dateOf(stack.createdTS),
    createdTS: stack.createdTS,
    description: stack.description,
    dockerCompose: null,
    environment: null,
    externalId: stack.externalId,
    group: null,
    healthState: stackHealthOf(services),
    kind: 'stack',
    outputs: null,
    previousEnvironment: null,
    previousExternalId: null,
    rancherCompose: null,
    ...removalOf(stack.removedTS),
    serviceIds: services.length === 0 ? null : services.map((service) => formatId('service', service.id)),
    startOnCreate: null,
    system: false,
    templates: null,
    ...transitionOf(stack.state === 'activating' || stack.state === 'removing', null),
    uuid: stack.uuid,
  };
};
