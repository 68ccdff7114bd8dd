import { randomUUID } from 'node:crypto';
import type { Caller } from '../../access/caller.js';
import { hashSecret, newPublicValue, newSecret } from '../../access/secrets.js';
import { ADMIN_NUMBER, PROJECT_NUMBER, parseId } from '../../model/ids.js';
import type { ApiKeyRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { apiKeyActions, KNOWN_ACTIONS } from '../actions.js';
import { invalid } from '../errors.js';
import { type FieldRules, takeFields } from '../fields.js';
import { apiKeyValue } from '../query/field-values.js';
import { API_KEY_FILTERS } from '../query/filter-fields.js';
import { renderApiKey } from '../render/api-key.js';
import type { Body } from '../render/views.js';
import { checkAvailable } from './available.js';
import type { Acted, ActionRequest, Context, Input, Resource } from './resource.js';

/** Recording 08-10-schema-apiKey. */
const FIELDS: FieldRules = { name: { type: 'string', maxLength: 255 }, description: { type: 'string', maxLength: 1024 } };

const STATES: Readonly<Record<string, ApiKeyRecord['state']>> = { activate: 'activating', deactivate: 'deactivating', remove: 'removing' };

/** A project's key may only make keys of the project; an administrator's chooses (recordings 10-01 to 10-02b, 10-13b). */
const ownerOf = (accountId: unknown, { scope, caller }: Context): number => {
  if (caller.kind === 'project' || scope.base.includes('/projects/')) return PROJECT_NUMBER;
  if (accountId === undefined || accountId === null) return caller.account;
  const account = parseId(String(accountId));
  if (account !== ADMIN_NUMBER && account !== PROJECT_NUMBER) throw invalid('InvalidReference', 'accountId');
  return account;
};

/** The API's keys: an account's or an environment's. */
export class ApiKeys {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  resource(): Resource<ApiKeyRecord> {
    const { apiKeys } = this.#store;
    const shown = (key: ApiKeyRecord, { scope }: Context): Body => renderApiKey(key, scope);
    return {
      type: 'apiKey',
      filters: API_KEY_FILTERS,
      createTypes: {},
      isPaged: true,
      actions: KNOWN_ACTIONS.apiKey,
      all: (caller) => this.#seenBy(caller),
      find: (id) => apiKeys.get(parseId(id) ?? 0),
      value: apiKeyValue,
      render: shown,
      related: {},
      create: (input, context) => this.#create(input, context),
      update: (key, input, context) => shown(this.#put({ ...key, ...takeFields(FIELDS, input) }), context),
      remove: (key, context) => shown(key.state === 'removed' ? key : this.#put({ ...key, state: 'removing' }), context),
      act: (key, request, context) => this.#act(key, request, context),
    };
  }

  #seenBy({ kind }: Caller): ApiKeyRecord[] {
    const keys = this.#store.apiKeys.all().filter((key) => key.state !== 'removed');
    return kind === 'project' ? keys.filter((key) => key.accountId === PROJECT_NUMBER) : keys;
  }

  #create(input: Input, context: Context): Body {
    const { name = null, description = null } = takeFields(FIELDS, input) as { name?: string; description?: string };
    const secret = newSecret();
    const key = this.#put({
      kind: 'apiKey',
      id: this.#store.apiKeys.nextId(),
      uuid: randomUUID(),
      name,
      description,
      accountId: ownerOf(input.accountId, context),
      publicValue: newPublicValue(),
      secretHash: hashSecret(secret),
      state: 'registering',
      createdTS: Date.now(),
      removedTS: null,
    });
    // The only answer that shows it.
    return { ...renderApiKey(key, context.scope), secretValue: secret };
  }

  #act(key: ApiKeyRecord, { action }: ActionRequest, { scope }: Context): Acted {
    checkAvailable(action, apiKeyActions(key.state));
    const state = STATES[action];
    const next = state === undefined ? key : this.#put({ ...key, state });
    return { status: 202, body: renderApiKey(next, scope) };
  }

  #put(key: ApiKeyRecord): ApiKeyRecord {
    this.#store.put(key);
    return key;
  }
}
