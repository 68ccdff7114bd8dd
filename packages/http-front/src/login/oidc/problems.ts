import { Problem } from '../../http/problem.js';
import type { SignInError, SignInFailure } from '../../identity/oidc/sign-in-error.js';

const SAID: Record<SignInFailure, { status: number; code: string; title: string; detail: string }> = {
  'not-begun': {
    status: 400,
    code: 'sign-in-not-begun',
    title: 'Bad Request',
    detail: 'This sign-in was not begun in this browser, took too long, or has ended already. Open your notebook to sign in again.',
  },
  refused: {
    status: 403,
    code: 'sign-in-refused',
    title: 'Forbidden',
    detail: 'You were not signed in: the sign-in was called off or refused. Open your notebook to try again, or ask the operators.',
  },
  nameless: {
    status: 403,
    code: 'sign-in-nameless',
    title: 'Forbidden',
    detail:
      'The sign-in service does not say who you are. Tell the operators: MOORING_OIDC_USER_CLAIM must name a claim that everybody has.',
  },
};

/** What somebody is told whose sign-in could not be ended; why, is for the log. */
export const signInProblem = (error: SignInError): Problem => new Problem({ ...SAID[error.code], cause: error });
