/**
 * `not-begun`: this browser hasn't begun it, or too long ago, or it has ended it already; `refused`: the provider or the person said no, or it is a name that nobody may have;
 * `nameless`: the provider doesn't say who they are.
 */
export type SignInFailure = 'not-begun' | 'refused' | 'nameless';

/** Why a sign-in at an OpenID provider could not be ended. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  /** @param detail for the log: the provider's error code, or the claim that is missing */
  constructor(
    readonly code: SignInFailure,
    readonly detail?: string,
  ) {
    super(detail === undefined ? code : `${code}: ${detail}`);
  }
}
