export { buildFront } from './front.js';
export { isNavigation } from './http/navigation.js';
export { type Auth2Options, type Auth2Provider, createAuth2Provider } from './identity/auth2.js';
export { type Identity, type IdentityProvider, IdentityUnavailableError } from './identity/identity.js';
export { createLocalProvider, type LocalIdentityProvider, type LocalOptions } from './identity/local.js';
export { buildInternal, type InternalOptions, type Readiness } from './internal/internal.js';
export { type Berth, recordWish } from './narrative/wish.js';
export type { FrontOptions, FrontSettings } from './options.js';
