import type { Session } from '@mooring/resources';
import type { InjectOptions } from 'fastify';
import { type IdentityProvider, IdentityUnavailableError } from '../../src/index.js';
import { type TestFront, type TestFrontOptions, testFront } from '../support/front.js';

/** Tokens are the users' names with `token-` before them, and `-ops` behind them for those with the status role; `down` can't be told. */
const identity: IdentityProvider = {
  kind: 'auth2',
  async identify(token) {
    if (token === 'down') throw new IdentityUnavailableError('down');
    const [, user, ops] = /^token-(.+?)(-ops)?$/.exec(token) ?? [];
    return user === undefined ? undefined : { user, roles: ops === undefined ? ['KBASE_USER'] : ['KBASE_USER', 'KBASE_ADMIN'] };
  },
};

/** The moment in which these tests play. */
export const NOW = Date.parse('2030-01-02T03:04:05.678Z');

/** A site as narrative-traefiker's users know it. */
export function site(options: TestFrontOptions = {}): Promise<TestFront> {
  const settings = { statusRole: 'KBASE_ADMIN', readyPage: '/load-narrative.html?n={}&check=true', ...options.settings };
  return testFront({ identity, now: () => NOW, about: { version: '1.2.3', commit: 'abc123' }, ...options, settings });
}

/** A request as a program of the site makes it: the token in the cookie, and headers as given. */
export function signedIn(token: string, options: InjectOptions): InjectOptions {
  return { remoteAddress: '127.0.0.9', ...options, cookies: { kbase_session: token, ...options.cookies } };
}

/** The person's session, asked for by a page. */
export async function openSession({ app, store }: TestFront, user: string): Promise<Session> {
  await app.inject(signedIn(`token-${user}`, { url: '/narrative/', headers: { accept: 'text/html' } }));
  const session = store.all().find(({ spec }) => spec.owner.name === user);
  if (session === undefined) throw new Error(`no session of ${user}`);
  return session;
}
