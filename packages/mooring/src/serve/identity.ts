import { createAuth2Provider, createOidcProvider, createTrustedHeader, type FrontOptions } from '@mooring/http-front';
import type { Settings } from '../config/keys.js';
import { type Shutdown, STAGES } from '../process/shutdown.js';

/** How the front knows who somebody is. */
export type Identification = Pick<FrontOptions, 'identity' | 'oidc'>;

function auth2(settings: Settings, shutdown: Shutdown): Identification {
  const identity = createAuth2Provider({
    url: settings.auth2 ?? '',
    cacheMs: settings.MOORING_IDENTITY_CACHE * 1000,
    staleMs: settings.MOORING_IDENTITY_STALE * 1000,
  });
  shutdown.add(STAGES.caches, 'identity provider', () => identity.close());
  return { identity };
}

function oidc(settings: Settings, key: Buffer): Identification {
  const { MOORING_OIDC_CLIENT_SECRET: clientSecret, MOORING_OIDC_AUDIENCE: audience } = settings;
  const provider = createOidcProvider({
    issuer: settings.MOORING_OIDC_ISSUER ?? '',
    clientId: settings.MOORING_OIDC_CLIENT_ID ?? '',
    ...(clientSecret !== undefined && { clientSecret }),
    publicUrl: settings.MOORING_PUBLIC_URL ?? '',
    scope: settings.MOORING_OIDC_SCOPE,
    claims: { user: settings.MOORING_OIDC_USER_CLAIM, roles: settings.MOORING_OIDC_ROLES_CLAIM },
    ...(audience !== undefined && { audience }),
    keptRoles: [settings.status_role],
    key,
    maxAgeSeconds: settings.MOORING_SIGN_IN_MAX_AGE,
  });
  return { identity: provider, oidc: provider };
}

function header(settings: Settings): Identification {
  const { MOORING_HEADER_USER: userHeader, MOORING_HEADER_ROLES: rolesHeader, MOORING_HEADER_NETWORKS: networks = [] } = settings;
  return { identity: createTrustedHeader({ userHeader, rolesHeader, networks }) };
}

/** What MOORING_IDENTITY chooses. `key`: 32 bytes that seal sign-ins. */
export function openIdentity(settings: Settings, key: Buffer, shutdown: Shutdown): Identification {
  if (settings.MOORING_IDENTITY === 'oidc') return oidc(settings, key);
  return settings.MOORING_IDENTITY === 'header' ? header(settings) : auth2(settings, shutdown);
}
