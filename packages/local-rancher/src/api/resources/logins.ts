import type { Access } from '../../access/access.js';
import { hashPassword } from '../../access/secrets.js';
import { ADMIN_ID } from '../../model/ids.js';
import type { AccessRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { ApiError, invalid, unauthorized } from '../errors.js';
import type { Body } from '../render/views.js';
import { type Item, readOnly } from './fixed.js';
import type { Input, Resource } from './resource.js';

const ACCESS_MODES: readonly unknown[] = ['unrestricted', 'restricted', 'required'];

const text = (input: Input, field: string): string => {
  const value = input[field];
  if (typeof value !== 'string' || value === '') throw invalid('MissingRequired', field);
  return value;
};

/** The password isn't shown, though Rancher repeats it (recording 10-05). */
const renderAccess = (access: AccessRecord | undefined): Body => ({
  id: null,
  type: 'localAuthConfig',
  links: {},
  actions: {},
  baseType: 'localAuthConfig',
  accessMode: access?.accessMode ?? 'unrestricted',
  enabled: access?.enabled ?? false,
  name: access?.name ?? null,
  password: null,
  username: access?.username ?? null,
});

const readAccess = (input: Input, before: AccessRecord | undefined): AccessRecord => {
  const accessMode = input.accessMode ?? 'unrestricted';
  if (!ACCESS_MODES.includes(accessMode)) throw invalid('InvalidOption', 'accessMode');
  const isEnabled = input.enabled === true || input.enabled === 'true';
  const login =
    before && input.password === undefined
      ? before
      : { username: text(input, 'username'), passwordHash: hashPassword(text(input, 'password')) };
  const name = typeof input.name === 'string' ? input.name : login.username;
  const { username, passwordHash } = login;
  return { kind: 'access', id: 1, enabled: isEnabled, accessMode: String(accessMode), name, username, passwordHash };
};

/** Switches authentication on and off and sets the login. */
export const authConfigResource = (store: Store): Resource<Item> => ({
  ...readOnly({ type: 'localAuthConfig', isPaged: false }, () => [{ id: 'local', show: () => renderAccess(store.access) }]),
  create: (input) => {
    const access = readAccess(input, store.access);
    store.put(access);
    return renderAccess(access);
  },
});

const renderToken = (store: Store, login: Body): Body => ({
  id: null,
  type: 'token',
  links: {},
  actions: {},
  baseType: 'token',
  accountId: null,
  authProvider: store.access ? 'localAuthConfig' : null,
  code: null,
  enabled: store.access?.enabled ?? false,
  jwt: null,
  originalLogin: null,
  redirectUrl: null,
  security: store.access?.enabled ?? false,
  user: null,
  userIdentity: null,
  userType: null,
  ...login,
});

/** @throws ApiError 500 where there are no logins yet, 401 for a wrong one */
const logIn = (store: Store, access: Access, input: Input): Body => {
  if (!store.access) throw new ApiError(500, 'NoAuthProvider', { message: 'No Auth provider is configured.' });
  const [username = '', ...rest] = text(input, 'code').split(':');
  const jwt = access.logIn(username, rest.join(':'));
  if (jwt === undefined) throw unauthorized();
  const userIdentity = {
    externalId: ADMIN_ID,
    externalIdType: 'rancher_id',
    id: `rancher_id:${ADMIN_ID}`,
    login: username,
    name: store.access?.name,
  };
  return renderToken(store, { accountId: ADMIN_ID, jwt, user: username, userIdentity, userType: 'admin' });
};

/** Logins: what the UI begins with (recordings 10-12 to 10-12c). Anybody may ask. */
export const tokenResource = (store: Store, access: Access): Resource<Item> => ({
  ...readOnly({ type: 'token', plural: 'token', isPaged: false }, () => [{ id: 'token', show: () => renderToken(store, {}) }]),
  create: (input) => logIn(store, access, input),
});
