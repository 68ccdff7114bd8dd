import { ADMIN_NUMBER, PROJECT_NUMBER } from '../model/ids.js';

/** On whose behalf a request is: what it may see, and what the X-API headers of its answer say. */
export interface Caller {
  /** The number in the account's id: 1 the administrator, 4 who is yet to log in, 5 the project. */
  account: number;
  /** The user's; an environment's key is the project itself. */
  user: number;
  kind: 'admin' | 'project' | 'token';
  name: string;
}

export const admin = (name: string): Caller => ({ account: ADMIN_NUMBER, user: ADMIN_NUMBER, kind: 'admin', name });

export const PROJECT_CALLER: Caller = { account: PROJECT_NUMBER, user: PROJECT_NUMBER, kind: 'project', name: 'Default' };

const TOKEN_NUMBER = 4;

/** Who comes to log in (recording 10-12). */
export const TOKEN_CALLER: Caller = { account: TOKEN_NUMBER, user: TOKEN_NUMBER, kind: 'token', name: 'token' };
