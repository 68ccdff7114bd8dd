import { z } from 'zod';
import type { Settings } from '../config/keys.js';
import { type Finding, fine, problem, warning } from './finding.js';
import { jsonOf } from './json.js';
import { type Look, type Seen, wordsFor } from './look.js';

/** A sign-in service that is asked without a token refuses, and says so as JSON. */
export function judgeAuth2(seen: Seen): Finding {
  const check = 'identity provider';
  if ('error' in seen || seen.status >= 500)
    return problem(
      check,
      `auth2 can't be asked: ${wordsFor(seen)}`,
      'see to it that it runs, or correct auth2; who is known meanwhile goes on for MOORING_IDENTITY_STALE seconds',
    );
  const json = seen.headers.get('content-type')?.includes('json');
  if (seen.status >= 400 && seen.status !== 404 && json) return fine(check, 'auth2 answers');
  return problem(check, `what answers is no auth2: ${wordsFor(seen)}`, 'correct auth2: it ends in /api/V2/me');
}

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.string(), token_endpoint: z.string() });

export function judgeOidc(seen: Seen, issuer: string): Finding {
  const check = 'identity provider';
  const cure = 'correct MOORING_OIDC_ISSUER to what the provider calls itself';
  if ('error' in seen || seen.status !== 200) return problem(check, `its discovery document can't be read: ${wordsFor(seen)}`, cure);
  const document = discoverySchema.safeParse(jsonOf(seen.text)).data;
  if (document?.issuer === issuer) return fine(check, 'the OpenID provider answers');
  return problem(check, document ? `it calls itself ${document.issuer}` : 'what answers is no discovery document', cure);
}

/** Looks at who says who somebody is. */
export async function examineIdentity(settings: Settings, look: Look): Promise<Finding> {
  const { MOORING_IDENTITY: kind, auth2 = '', MOORING_OIDC_ISSUER: issuer = '' } = settings;
  if (kind === 'auth2') return judgeAuth2(await look(auth2, { accept: 'application/json' }));
  if (kind === 'oidc') return judgeOidc(await look(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`), issuer);
  return warning(
    'identity provider',
    `people are who ${settings.MOORING_HEADER_USER} says, from ${settings.MOORING_HEADER_NETWORKS?.join(', ')}`,
    'see to it that the proxy there sets the header itself, on every request, and that no session container is in these networks',
  );
}
