import { formatId } from '../../model/ids.js';
import type { ApiKeyRecord } from '../../model/records.js';
import { apiKeyActions } from '../actions.js';
import { actionsOf, dateOf, linksOf, removalOf, type Scope, transitionOf } from './links.js';

const RESTING: ReadonlySet<ApiKeyRecord['state']> = new Set(['active', 'inactive', 'removed']);

/** An API key (recording 10-03). The secret is known only to who made it. */
export const renderApiKey = (key: ApiKeyRecord, scope: Scope): Record<string, unknown> => {
  const id = formatId('apiKey', key.id);
  const self = `${scope.base}/apikeys/${id}`;
  return {
    id,
    type: 'apiKey',
    links: linksOf(self, ['account', 'images', 'instances', 'certificate']),
    actions: actionsOf(self, apiKeyActions(key.state)),
    baseType: 'credential',
    name: key.name,
    state: key.state,
    accountId: `1a${key.accountId}`,
    created: dateOf(key.createdTS),
    createdTS: key.createdTS,
    data: {},
    description: key.description,
    kind: 'apiKey',
    publicValue: key.publicValue,
    removeTime: null,
    ...removalOf(key.removedTS),
    secretValue: null,
    ...transitionOf(!RESTING.has(key.state), null),
    uuid: key.uuid,
  };
};
