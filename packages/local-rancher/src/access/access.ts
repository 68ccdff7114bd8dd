import type { IncomingHttpHeaders } from 'node:http';
import { PROJECT_NUMBER } from '../model/ids.js';
import type { ApiKeyRecord } from '../model/records.js';
import type { Store } from '../store/store.js';
import { admin, type Caller, PROJECT_CALLER } from './caller.js';
import { hashSecret, isPassword, isSecret, newSecret } from './secrets.js';

/** A login lasts as long as Rancher's default session, in milliseconds. */
const LOGIN_MS = 16 * 3600 * 1000;

interface Credentials {
  scheme: string;
  value: string;
}

const credentialsOf = ({ authorization = '' }: IncomingHttpHeaders): Credentials => {
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/.exec(authorization) ?? [];
  return { scheme: scheme.toLowerCase(), value };
};

const cookieToken = ({ cookie = '' }: IncomingHttpHeaders): string | undefined => /(?:^|;\s*)token=([^;]+)/.exec(cookie)?.[1];

const keyPair = (value: string): { publicValue: string; secret: string } => {
  const text = Buffer.from(value, 'base64').toString('utf8');
  const cut = text.indexOf(':');
  return { publicValue: text.slice(0, Math.max(cut, 0)), secret: text.slice(cut + 1) };
};

/**
 * Who calls. While authentication is off everybody is the administrator, whatever the credentials (recordings 03-08*),
 * except whoever comes with an environment's key. While it is on, an API key or a login's token is needed; the login's
 * user and password are no key (10-10).
 */
export class Access {
  readonly #store: Store;
  /** Hashes of the tokens of logins, with when they end; a restart ends all logins. */
  readonly #logins = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
  }

  get isEnabled(): boolean {
    return this.#store.access?.enabled === true;
  }

  /** Undefined: 401. */
  identify(headers: IncomingHttpHeaders): Caller | undefined {
    const known = this.#callerOf(credentialsOf(headers)) ?? this.#loggedIn(cookieToken(headers));
    return known ?? (this.isEnabled ? undefined : this.#admin());
  }

  /** A login's token, or undefined for a wrong user or password. */
  logIn(username: string, password: string): string | undefined {
    const access = this.#store.access;
    if (!access || access.username !== username || !isPassword(password, access.passwordHash)) return undefined;
    const token = newSecret();
    this.#logins.set(hashSecret(token), Date.now() + LOGIN_MS);
    return token;
  }

  #admin(): Caller {
    return admin(this.isEnabled ? (this.#store.access?.name ?? 'admin') : 'admin');
  }

  #callerOf({ scheme, value }: Credentials): Caller | undefined {
    if (scheme === 'bearer') return this.#loggedIn(value);
    return scheme === 'basic' ? this.#ownerOf(value) : undefined;
  }

  #ownerOf(value: string): Caller | undefined {
    const { publicValue, secret } = keyPair(value);
    const key = this.#store.apiKeys.all().find((candidate) => candidate.publicValue === publicValue);
    if (key?.state !== 'active' || !isSecret(secret, key.secretHash)) return undefined;
    return this.#accountOf(key);
  }

  #accountOf({ accountId }: ApiKeyRecord): Caller {
    return accountId === PROJECT_NUMBER ? PROJECT_CALLER : this.#admin();
  }

  #loggedIn(token: string | undefined): Caller | undefined {
    const until = token === undefined ? undefined : this.#logins.get(hashSecret(token));
    return until !== undefined && until > Date.now() ? this.#admin() : undefined;
  }
}
