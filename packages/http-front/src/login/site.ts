import type { SignIn } from './sign-in.js';

/** The site's own sign-in page, in the form that narrative-traefiker uses. */
export const siteSignIn: SignIn = {
  urlFor: (target) => `/#login?nextrequest=${encodeURIComponent(JSON.stringify({ path: target, external: true }))}`,
};

/** A proxy in front has signed everybody in who comes through it; there is nowhere to send the others. */
export const proxySignIn: SignIn = { urlFor: () => undefined };
