import { createHash } from 'node:crypto';
import {
  type AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client';
import { z } from 'zod';
import { type Identity, type IdentityProvider, IdentityUnavailableError, isReserved } from '../identity.js';
import { verifyBearer } from './bearer.js';
import { type ClaimNames, type Claims, claimNamed, identityOf } from './claims.js';
import { Issuer, type IssuerOptions, unusable } from './issuer.js';
import { Sealed } from './sealed.js';
import { SignInError } from './sign-in-error.js';

export interface OidcOptions extends Omit<IssuerOptions, 'deadlineMs' | 'endAfter' | 'now'> {
  /** The origin under which people reach us, e.g. `https://narrative.example.org`. */
  publicUrl: string;
  /** Scopes, separated by spaces; `openid` among them. */
  scope: string;
  claims: ClaimNames;
  /** Whom bearer tokens must be meant for; the client where it is missing. */
  audience?: string;
  /** Of a person's roles, a sign-in keeps these: a cookie has little room. */
  keptRoles: readonly string[];
  /** 32 bytes that seal sign-ins; whoever has them can be anybody. */
  key: Buffer;
  /** Seconds that a sign-in holds. */
  maxAgeSeconds: number;
  /** Milliseconds that each question to the provider may take. */
  deadlineMs?: number;
  /** The signal that ends a question after so many milliseconds; AbortSignal's own where it is missing. */
  endAfter?: (ms: number) => AbortSignal;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

interface SignedIn {
  /** The token for the sign-in cookie. */
  token: string;
  /** Where the person wanted to go: as it was given to `begin`. */
  next: string;
}

export interface OidcProvider extends IdentityProvider {
  readonly kind: 'oidc';
  readonly publicUrl: string;
  readonly maxAgeSeconds: number;
  /**
   * The provider's page to send somebody to who wants to go to `next`. `binding`: a secret of their browser, without which nobody can end
   * what they begin here. @throws IdentityUnavailableError
   */
  begin(next: string, binding: string): Promise<URL>;
  /**
   * Ends a sign-in with the query that the provider sent the browser back with. @throws SignInError where it can't be ended, and
   * IdentityUnavailableError
   */
  finish(query: string, binding: string | undefined): Promise<SignedIn>;
  /** The provider's page that ends the sign-in there, if it has one and that is known by now. */
  endSessionUrl(): string | undefined;
}

/** The callback's path, to be registered at the provider. */
export const CALLBACK_PATH = '/narrative_session/oidc/callback';
/** Seconds between the beginning and the end of a sign-in. */
export const SIGN_IN_SECONDS = 600;
/** Sign-ins that are being ended at once; more are told to come again. */
const MAX_IN_FLIGHT = 64;
const DEADLINE_MS = 5_000;

const sessionSchema = z.strictObject({ user: z.string().min(1).max(256), roles: z.array(z.string()) });
const stateSchema = z.strictObject({ next: z.string(), nonce: z.string(), verifier: z.string(), binding: z.string() });
type State = z.infer<typeof stateSchema>;

const hashOf = (binding: string): string => createHash('sha256').update(binding).digest('base64url');

/** What the provider says by sending the browser back with an error (RFC 6749, 4.1.2.1). */
const OUTAGES = new Set(['server_error', 'temporarily_unavailable']);

function failureOf(error: unknown): Error {
  const { error: said, name } = error as Partial<AuthorizationResponseError>;
  if (name === 'AuthorizationResponseError' && !OUTAGES.has(said ?? '')) return new SignInError('refused', said);
  // The code was used already, or it took too long.
  if (said === 'invalid_grant') return new SignInError('not-begun');
  return unusable('answer to a sign-in', error);
}

/** OpenID Connect: people sign in at a provider by the code flow with PKCE, and programs show its JWTs. */
class OidcIdentities implements OidcProvider {
  readonly kind = 'oidc';
  readonly publicUrl: string;
  readonly maxAgeSeconds: number;
  readonly #issuer: Issuer;
  readonly #sessions: Sealed<Identity>;
  readonly #states: Sealed<State>;
  readonly #now: () => number;
  #ending = 0;

  constructor(private readonly options: OidcOptions) {
    const { key, now = Date.now, deadlineMs = DEADLINE_MS, endAfter = AbortSignal.timeout } = options;
    this.#now = now;
    this.publicUrl = new URL(options.publicUrl).origin;
    this.maxAgeSeconds = options.maxAgeSeconds;
    this.#issuer = new Issuer({ ...options, deadlineMs, endAfter, now });
    this.#sessions = new Sealed<Identity>({ key, purpose: 'oidc session', schema: sessionSchema, now });
    this.#states = new Sealed({ key, purpose: 'oidc state', schema: stateSchema, now });
  }

  /** Our own tokens are sealed, in five parts; the provider's are signed, in three. */
  async identify(token: string): Promise<Identity | undefined> {
    const parts = token.split('.').length;
    if (parts === 5) return this.#sessions.open(token);
    if (parts !== 3) return undefined;
    const { audience = this.options.clientId, claims: names } = this.options;
    const claims = await verifyBearer(token, { issuer: this.#issuer, audience, now: this.#now });
    return claims && identityOf(claims, names);
  }

  async begin(next: string, binding: string): Promise<URL> {
    const configuration = await this.#issuer.configuration.get();
    const [nonce, verifier] = [randomNonce(), randomPKCECodeVerifier()];
    return buildAuthorizationUrl(configuration, {
      redirect_uri: `${this.publicUrl}${CALLBACK_PATH}`,
      scope: this.options.scope,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce,
      state: await this.#states.seal({ next, nonce, verifier, binding: hashOf(binding) }, SIGN_IN_SECONDS),
    });
  }

  async finish(query: string, binding: string | undefined): Promise<SignedIn> {
    const sealed = new URLSearchParams(query).get('state') ?? '';
    const state = await this.#states.open(sealed);
    if (state === undefined || binding === undefined || state.binding !== hashOf(binding)) throw new SignInError('not-begun');
    if (this.#ending >= MAX_IN_FLIGHT) throw new IdentityUnavailableError('Too many sign-ins are being ended at once');
    this.#ending += 1;
    try {
      const claims = await this.#redeem(query, sealed, state);
      return { token: await this.#tokenFor(claims), next: state.next };
    } finally {
      this.#ending -= 1;
    }
  }

  async #redeem(query: string, sealed: string, { nonce, verifier }: State): Promise<Claims> {
    const configuration = await this.#issuer.configuration.get();
    try {
      const tokens = await authorizationCodeGrant(configuration, new URL(`${this.publicUrl}${CALLBACK_PATH}?${query}`), {
        pkceCodeVerifier: verifier,
        expectedState: sealed,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new IdentityUnavailableError('The identity provider gave no ID token');
      return await this.#withUserInfo(configuration, claims, tokens.access_token);
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** Some providers tell more than `sub` only where they are asked for it. */
  async #withUserInfo(configuration: Configuration, claims: Claims & { sub: string }, accessToken: string): Promise<Claims> {
    const { user, roles } = this.options.claims;
    const isWhole = claimNamed(claims, user) !== undefined && claimNamed(claims, roles) !== undefined;
    if (isWhole || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    return { ...(await fetchUserInfo(configuration, accessToken, claims.sub)), ...claims };
  }

  async #tokenFor(claims: Claims): Promise<string> {
    const identity = identityOf(claims, this.options.claims);
    if (identity === undefined) throw new SignInError('nameless', this.options.claims.user);
    if (isReserved(identity)) throw new SignInError('refused', 'a reserved name');
    const roles = identity.roles.filter((role) => this.options.keptRoles.includes(role));
    return this.#sessions.seal({ user: identity.user, roles }, this.maxAgeSeconds);
  }

  endSessionUrl(): string | undefined {
    const configuration = this.#issuer.configuration.peek();
    if (configuration?.serverMetadata().end_session_endpoint === undefined) return undefined;
    return buildEndSessionUrl(configuration).href;
  }
}

/** @throws RangeError where the key or the public URL is none */
export function createOidcProvider(options: OidcOptions): OidcProvider {
  if (!URL.canParse(options.publicUrl)) throw new RangeError(`publicUrl: "${options.publicUrl}" is no URL`);
  return new OidcIdentities(options);
}
