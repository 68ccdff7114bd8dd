/** Who a token belongs to. */
export interface Identity {
  /** The stable name, e.g. KBase's user id. */
  user: string;
  roles: readonly string[];
}

/** Names of the system's own, as Kubernetes keeps them: what nobody has claimed belongs to one. */
export const isReserved = ({ user }: Identity): boolean => user.startsWith('system:');

/** How often a provider's cache answered; totals since the start. */
export interface CacheCounts {
  hits: number;
  misses: number;
  /** Answers from beyond their time, given because the provider could not be asked. */
  stale: number;
}

/** Keeps a question from being asked by what it throws. */
export type BeforeAsking = () => void;

/** Says who somebody is. */
export interface IdentityProvider {
  /** A word for logs and metrics, e.g. `auth2`. */
  readonly kind: string;
  /**
   * undefined: the token is not (or no longer) good. Throws IdentityUnavailableError when that can't be said now, and what `beforeAsking`
   * throws: it is called before somebody else is asked about a token that nothing is known of.
   */
  identify(token: string, beforeAsking?: BeforeAsking): Promise<Identity | undefined>;
  /** Whose a token is where that is known without asking anybody; undefined where it isn't, or it isn't good. */
  known?(token: string): Identity | undefined;
  readonly cacheCounts?: CacheCounts;
}

/** The provider can't say now whether a token is good. */
export class IdentityUnavailableError extends Error {
  override readonly name = 'IdentityUnavailableError';
  readonly code = 'IdentityUnavailable';
}
