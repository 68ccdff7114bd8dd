import { createOidcProvider, type OidcOptions } from '../../src/index.js';
import { Browser } from './browser.js';
import { type TestFront, testFront } from './front.js';
import { CLIENT, CLIENT_SECRET, type OpenId, PUBLIC_URL } from './openid.js';

export interface OidcFront extends TestFront {
  browser: () => Browser;
  /** Moves the clock of the front, in ms. */
  wait: (ms: number) => void;
}

/** A front whose people sign in at this provider. */
export async function oidcFront({ issuer }: OpenId, options: Partial<OidcOptions> = {}): Promise<OidcFront> {
  let later = 0;
  const now = () => Date.now() + later;
  const oidc = createOidcProvider({
    issuer,
    clientId: CLIENT,
    clientSecret: CLIENT_SECRET,
    publicUrl: PUBLIC_URL,
    scope: 'openid profile',
    claims: { user: 'preferred_username', roles: 'groups' },
    keptRoles: ['ops'],
    key: Buffer.alloc(32, 9),
    maxAgeSeconds: 3_600,
    // A busy machine takes its time.
    deadlineMs: 60_000,
    now,
    ...options,
  });
  const front = await testFront({ identity: oidc, oidc, now, settings: { statusRole: 'ops' } });
  const wait = (ms: number) => {
    later += ms;
  };
  return { ...front, browser: () => new Browser(front.app), wait };
}

/** Signs somebody in who opens this page, and tells where they come out. */
export async function signIn(openId: OpenId, browser: Browser, page = '/narrative/'): Promise<string> {
  const away = await browser.get(page);
  const login = await browser.get(String(away.headers.location));
  const back = await openId.visit(String(login.headers.location));
  const home = await browser.get(back.pathname + back.search);
  if (home.statusCode !== 303) throw new Error(`the callback answered ${home.statusCode}: ${home.body}`);
  return String(home.headers.location);
}
