import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import Provider, { type Context } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import { noteSecret } from '../../../../leaks/watch.js';

export const CLIENT = 'mooring';
export const CLIENT_SECRET = 'client-secret-of-the-tests';
noteSecret(CLIENT_SECRET);
export const PUBLIC_URL = 'https://lab.example';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface SigningKey {
  key: CryptoKey;
  jwk: JWK;
}

export async function newKey(kid: string): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { key: privateKey, jwk: { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' } };
}

/** RSA keys take a while to make: one does for every provider of a file. */
let usual: Promise<SigningKey> | undefined;

/** A real OpenID provider on 127.0.0.1, which signs in whoever comes as `user`; `trouble` takes its place. */
export class OpenId {
  user = 'ada';
  groups: unknown = ['staff', 'ops'];
  trouble: Handler | undefined;
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  readonly #server: Server;
  #provider: Handler = () => {};

  private constructor(readonly key: SigningKey) {
    this.#server = createServer((request, response) => {
      this.asked.push((request.url ?? '').split('?')[0] ?? '');
      (this.trouble ?? this.#provider)(request, response);
    });
  }

  static async open(): Promise<OpenId> {
    usual ??= newKey('one');
    const openId = new OpenId(await usual);
    await new Promise<void>((resolve) => openId.#server.listen(0, '127.0.0.1', resolve));
    openId.#serve();
    return openId;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A JWT as this provider makes them, but for what is told otherwise. */
  token(claims: Record<string, unknown> = {}, key: SigningKey = this.key): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      iss: this.issuer,
      aud: CLIENT,
      sub: this.user,
      preferred_username: this.user,
      groups: this.groups,
      iat: now,
      exp: now + 300,
    };
    return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'RS256', kid: key.jwk.kid ?? '' }).sign(key.key);
  }

  #serve(): void {
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT,
          client_secret: CLIENT_SECRET,
          redirect_uris: [`${PUBLIC_URL}/narrative_session/oidc/callback`],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      // A name of its own keeps the provider from warning that it forgets.
      adapter: class Adapter extends MemoryAdapter {},
      jwks: { keys: [this.key.jwk] },
      cookies: { keys: ['cookies-of-the-tests'] },
      ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
      claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_context: unknown, accountId: string) => ({
        accountId,
        claims: () => ({ sub: accountId, preferred_username: accountId, groups: this.groups }),
      }),
      loadExistingGrant: async ({ oidc }: Context) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid profile');
        await grant.save();
        return grant;
      },
    });
    const callback = provider.callback();
    this.#provider = (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return callback(request, response);
      void provider.interactionFinished(request, response, { login: { accountId: this.user } });
    };
  }

  /** What a browser does that is sent here: it goes where it is led, until that is somewhere else. */
  async visit(url: string): Promise<URL> {
    const cookies = new Map<string, string>();
    let at = new URL(url);
    while (at.origin === this.issuer) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(at, { redirect: 'manual', headers: { cookie } });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
      at = new URL(location, at);
    }
    return at;
  }
}
