import { z } from 'zod';
import { claimName, headerName, httpUrl, issuerUrl, oidcScope, oneOf, origin, seconds, trustedNetworks } from './values.js';

const text = z.string();
const serve = ['serve'] as const;

/** Keys of who says who somebody is. */
export const IDENTITY_KEYS = {
  MOORING_IDENTITY: {
    schema: oneOf('auth2', 'oidc', 'header'),
    default: 'auth2',
    usedBy: serve,
    help: "who says who somebody is: KBase's auth2, an OpenID provider (oidc), or a header of a proxy in front; start takes people's word",
  },
  auth2: { schema: httpUrl.optional(), usedBy: serve, help: 'the address that says whose token it is (KBase auth2, …/api/V2/me)' },
  MOORING_IDENTITY_CACHE: {
    schema: seconds(0),
    default: '60',
    usedBy: serve,
    help: 'how many seconds auth2 is not asked again about a token that was good',
  },
  MOORING_IDENTITY_STALE: {
    schema: seconds(0),
    default: '900',
    usedBy: serve,
    help: 'for how many seconds a token that was good is let through while auth2 does not answer',
  },
  MOORING_PUBLIC_URL: {
    schema: origin.optional(),
    usedBy: serve,
    help: 'where people reach the site, such as https://narrative.example.org; needed with MOORING_IDENTITY=oidc',
  },
  MOORING_OIDC_ISSUER: {
    schema: issuerUrl.optional(),
    usedBy: serve,
    help: "the OpenID provider's issuer, such as https://sso.example.org/realms/lab",
  },
  MOORING_OIDC_CLIENT_ID: {
    schema: text.optional(),
    usedBy: serve,
    help: 'the client that is registered there, with <MOORING_PUBLIC_URL>/narrative_session/oidc/callback to lead back to',
  },
  MOORING_OIDC_CLIENT_SECRET: {
    schema: text.optional(),
    usedBy: serve,
    secret: true,
    help: "the client's secret; none for a public client",
  },
  MOORING_OIDC_SCOPE: {
    schema: oidcScope,
    default: 'openid profile',
    usedBy: serve,
    help: 'the scopes that are asked for, separated by spaces',
  },
  MOORING_OIDC_USER_CLAIM: {
    schema: claimName,
    default: 'sub',
    usedBy: serve,
    help: 'the claim that names the person; it must be unique and stay the same, as sub does',
  },
  MOORING_OIDC_ROLES_CLAIM: {
    schema: claimName,
    default: 'roles',
    usedBy: serve,
    help: "the claim that holds a person's roles, such as realm_access.roles",
  },
  MOORING_OIDC_AUDIENCE: {
    schema: text.optional(),
    usedBy: serve,
    help: 'whom bearer tokens must be meant for; MOORING_OIDC_CLIENT_ID where it is not set',
  },
  MOORING_SIGN_IN_MAX_AGE: {
    schema: seconds(60),
    default: '28800',
    usedBy: serve,
    help: 'how many seconds a sign-in at the OpenID provider holds',
  },
  MOORING_HEADER_NETWORKS: {
    schema: trustedNetworks.optional(),
    usedBy: serve,
    help: "the networks that the proxy's connections come from; its header is ignored from anywhere else; needed with MOORING_IDENTITY=header",
  },
  MOORING_HEADER_USER: {
    schema: headerName,
    default: 'X-Forwarded-User',
    usedBy: serve,
    help: 'the header in which that proxy names the person',
  },
  MOORING_HEADER_ROLES: {
    schema: headerName,
    default: 'X-Forwarded-Groups',
    usedBy: serve,
    help: 'the header in which it names their roles, separated by commas',
  },
} as const;
