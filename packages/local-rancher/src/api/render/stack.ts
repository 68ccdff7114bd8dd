import { stackHealthOf } from '../../model/health.js';
import { formatId, PROJECT_ID } from '../../model/ids.js';
import type { ServiceRecord, StackRecord } from '../../model/records.js';
import { stackActions } from '../actions.js';
import { actionsOf, dateOf, linksOf, removalOf, type Scope, transitionOf } from './links.js';

const RELATED = ['account', 'hosts', 'instances', 'scheduledUpgrades', 'secrets', 'services', 'volumeTemplates', 'volumes'];

/** A stack as in recording 01-11; `services` are those of its that are not removed. */
export const renderStack = (stack: StackRecord, services: readonly ServiceRecord[], scope: Scope): Record<string, unknown> => {
  const id = formatId('stack', stack.id);
  // v1 names it otherwise, but not in its links (recording 01-27).
  const isV1 = scope.version === 'v1';
  const type = isV1 ? 'environment' : 'stack';
  const self = `${scope.base}/${type}s/${id}`;
  return {
    id: isV1 ? `1e${stack.id}` : id,
    type,
    links: linksOf(self, RELATED),
    actions: actionsOf(self, stackActions(stack.state)),
    baseType: type,
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
    kind: type,
    outputs: stack.outputs,
    previousEnvironment: null,
    previousExternalId: null,
    rancherCompose: null,
    ...removalOf(stack.removedTS),
    serviceIds: isV1 || services.length === 0 ? null : services.map((service) => formatId('service', service.id)),
    startOnCreate: null,
    system: stack.system,
    templates: null,
    ...transitionOf(stack.state === 'activating' || stack.state === 'removing', null),
    uuid: stack.uuid,
  };
};
