import { DEMO_IMAGE } from '@mooring/local-rancher';
import { JUPYTER_IMAGE } from '../jupyter/image.js';
import type { Key, Settings } from './keys.js';

/** One thing that is wrong with the configuration: `message` says what, and the cure. */
export interface ConfigProblem {
  key: string;
  /** As it may be shown; missing where nothing is set. */
  value?: string;
  message: string;
}

/** What was read so far; a key that could not be read is in `failed`. */
export interface Combination {
  values: Partial<Settings>;
  failed: Set<Key>;
}

const has = ({ values, failed }: Combination, key: Key): boolean => values[key] !== undefined || failed.has(key);

/** The two halves of API keys. */
const KEY_PAIRS = [
  ['rancher_user', 'rancher_password'],
  ['CATTLE_ACCESS_KEY', 'CATTLE_SECRET_KEY'],
] as const;

/** What can't be right together, whatever the command. */
export function combinationProblems(all: Combination): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (all.values.session_cookie !== undefined && all.values.session_cookie === all.values.kbase_cookie)
    problems.push({ key: 'session_cookie', value: JSON.stringify(all.values.session_cookie), message: 'must differ from kbase_cookie' });
  const { MOORING_DIRECT: kinds, MOORING_DIRECT_HOSTS: hosts, MOORING_DIRECT_PREFIX: prefix } = all.values;
  if (kinds?.includes('path') && prefix === '' && hosts?.length === 0)
    problems.push({
      key: 'MOORING_DIRECT_PREFIX',
      value: '/',
      message: 'would take every path there is; set MOORING_DIRECT_HOSTS to hosts that are for this alone, or another prefix',
    });
  for (const pair of KEY_PAIRS) {
    const [missing, ...others] = pair.filter((key) => !has(all, key));
    const set = pair.find((key) => has(all, key));
    if (missing !== undefined && others.length === 0)
      problems.push({ key: missing, message: `is missing though ${set} is set; set both (an API key of Rancher's), or neither` });
  }
  return problems;
}

/** What `mooring start` can't do. */
export function startProblems({ values }: Combination): ConfigProblem[] {
  const { num_prespawn: size, MOORING_IMAGE: image } = values;
  if (values.MOORING_RUNTIME === 'docker') return dockerProblems(image);
  if (!size || image?.name !== JUPYTER_IMAGE) return [];
  const message = `must be 0 with MOORING_IMAGE=${image.name}: each session has its person's working folder, so none can be made before somebody asks`;
  return [{ key: 'num_prespawn', value: String(size), message }];
}

/** What stands for an image where processes run is none of Docker's. */
function dockerProblems(image: Settings['MOORING_IMAGE'] | undefined): ConfigProblem[] {
  if (image?.name !== JUPYTER_IMAGE && image?.name !== DEMO_IMAGE) return [];
  const message =
    'is a program of this machine and no image of Docker; with MOORING_RUNTIME=docker, set it to an image whose server answers below /narrative/ on port 8888';
  return [{ key: 'MOORING_IMAGE', value: image.name, message }];
}

type Needs = readonly [Key, string][];

/** What each way to know who somebody is can't do without. */
const IDENTITY_NEEDS: Readonly<Record<Settings['MOORING_IDENTITY'], Needs>> = {
  auth2: [
    [
      'auth2',
      'is missing; set it to the address that says whose token it is, such as https://example.org/services/auth/api/V2/me, or set MOORING_IDENTITY to oidc or header',
    ],
  ],
  oidc: [
    [
      'MOORING_OIDC_ISSUER',
      "is missing; with MOORING_IDENTITY=oidc, set it to the provider's issuer, such as https://sso.example.org/realms/lab",
    ],
    ['MOORING_OIDC_CLIENT_ID', 'is missing; with MOORING_IDENTITY=oidc, set it to the client that is registered at the provider'],
    [
      'MOORING_PUBLIC_URL',
      'is missing; with MOORING_IDENTITY=oidc, set it to where people reach the site, such as https://narrative.example.org',
    ],
  ],
  header: [
    [
      'MOORING_HEADER_NETWORKS',
      "is missing; with MOORING_IDENTITY=header, set it to the addresses that the proxy's connections come from, such as 10.42.0.0/16: everybody else's header is ignored",
    ],
  ],
};

/** Keys that only one way to know who somebody is reads. */
const IDENTITY_KEYS: readonly [RegExp, Settings['MOORING_IDENTITY']][] = [
  [/^(auth2|MOORING_IDENTITY_.*)$/, 'auth2'],
  [/^(MOORING_OIDC_.*|MOORING_PUBLIC_URL|MOORING_SIGN_IN_MAX_AGE)$/, 'oidc'],
  [/^MOORING_HEADER_/, 'header'],
];

/** Whether a key means nothing, since another way to know who somebody is was chosen. */
export const isOfAnotherIdentity = (key: Key, chosen: Settings['MOORING_IDENTITY']): boolean =>
  IDENTITY_KEYS.some(([keys, identity]) => keys.test(key) && identity !== chosen);

/** What `mooring serve` can't do without. */
export function serveProblems(all: Combination): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const need = (key: Key, message: string): void => {
    if (!has(all, key)) problems.push({ key, message });
  };
  need(
    'rancher_url',
    "is missing; set it to Rancher's API, such as https://rancher.example.org/v2-beta (there is no mode=docker; mooring start runs everything on one machine)",
  );
  for (const [key, message] of IDENTITY_NEEDS[all.values.MOORING_IDENTITY ?? 'auth2']) need(key, message);
  if (!has(all, 'narrative_version_url'))
    need('image_tag', 'is missing, and so is narrative_version_url; set one of the two, or nobody knows which image to run');
  if (all.values.MOORING_DIRECT?.length && all.values.MOORING_DIRECT_AUTH !== 'off')
    need('MOORING_DIRECT_USERS_FILE', 'is missing; set it to a file of lines user,hash, hashes made by: mooring hash-password');
  const asker =
    all.values.MOORING_ROUTES === 'http' ? 'MOORING_ROUTES=http' : all.values.MOORING_VERIFY === 'owner' && 'MOORING_VERIFY=owner';
  if (all.values.MOORING_DOMAINS !== 'none') problems.push(...domainsProblems(all));
  if (all.values.MOORING_DOMAINS === 'traefik')
    need(
      'MOORING_FRONT_URL',
      'is missing; with MOORING_DOMAINS=traefik, set it to where Traefik reaches the front, such as http://mooring:5000',
    );
  else if (asker)
    need('MOORING_FRONT_URL', `is missing; with ${asker}, set it to where Traefik reaches the front, such as http://mooring:5000`);
  return problems;
}

const NO_DOMAIN = "is missing; set it, or --domain, to what follows a stack's name in its domain, such as dev.example.org";

/** What `mooring domains` can't do without. */
export function domainsProblems(all: Combination): ConfigProblem[] {
  return has(all, 'STACK_DOMAIN') || all.values.DISABLE_METADATA ? [] : [{ key: 'STACK_DOMAIN', message: NO_DOMAIN }];
}
