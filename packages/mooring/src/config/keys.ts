import { z } from 'zod';
import { CONTAINER_KEYS } from './container-keys.js';
import { DIRECT_KEYS } from './direct-keys.js';
import { DOMAIN_KEYS } from './domain-keys.js';
import { IDENTITY_KEYS } from './identity-keys.js';
import { IDLE_KEYS } from './idle-keys.js';
import { ROLLOUT_KEYS } from './rollout-keys.js';
import {
  atMost,
  bearerToken,
  contact,
  containerName,
  cookieName,
  count,
  dockerUrl,
  drainSeconds,
  hostList,
  httpUrl,
  imageName,
  imageReference,
  imageTag,
  listenAddress,
  logLevel,
  oneOf,
  poolSize,
  portBase,
  projectId,
  rancherMode,
  rancherStackId,
  rancherUrl,
  readyPage,
  trustedNetworks,
} from './values.js';

export type Command = 'start' | 'serve' | 'domains';

/** One key of the configuration. The value of a key that is not set is its default, read by the same schema; without a default it is missing. */
export interface KeySpec {
  schema: z.ZodType;
  default?: string;
  usedBy: readonly Command[];
  /** The value is never shown. */
  secret?: true;
  /** A value of blanks, or none, is told rather than taken as not set. */
  refuseEmpty?: true;
  help: string;
}

const text = z.string();
const serve = ['serve'] as const;
const start = ['start'] as const;
const both = ['start', 'serve'] as const;
const all = ['start', 'serve', 'domains'] as const;
const listening = ['serve', 'domains'] as const;

/**
 * Every key that does something. The names in small letters are narrative-traefiker's and are read in small or capital letters; the
 * others are read as they stand.
 */
export const KEYS = {
  MOORING_PORT_BASE: {
    schema: portBase,
    default: '8080',
    usedBy: start,
    help: 'the first of eight ports on 127.0.0.1; Traefik answers on it',
  },
  MOORING_DATA: { schema: text, default: './.mooring', usedBy: both, help: 'the data folder' },
  MOORING_IMAGE: {
    schema: imageReference,
    default: 'mooring/jupyter',
    usedBy: start,
    help: 'what a session runs: mooring/jupyter (real JupyterLab) or mooring/demo (a small program); with MOORING_RUNTIME=docker any image of Docker',
  },
  MOORING_RUNTIME: {
    schema: oneOf('process', 'docker'),
    default: 'process',
    usedBy: start,
    help: 'what runs a session: a process of this machine, or a container of a Docker Engine',
  },
  MOORING_DOCKER_URL: {
    schema: dockerUrl.optional(),
    usedBy: start,
    help: 'where the Docker Engine listens, such as unix:///var/run/docker.sock; DOCKER_HOST, or else that, where it is not set',
  },
  MOORING_DOCKER_NETWORK: {
    schema: text.optional(),
    usedBy: start,
    help: "the Docker network that containers are in; one of Mooring's own where it is not set",
  },
  MOORING_UNKNOWN_IMAGE: {
    schema: oneOf('placeholder', 'error'),
    default: 'placeholder',
    usedBy: start,
    help: 'an image that local Rancher does not know: run an idle placeholder, or fail as Rancher does',
  },
  MOORING_PACE: {
    schema: oneOf('fast', 'recorded'),
    default: 'fast',
    usedBy: start,
    help: "local Rancher's speed: as fast as it can, or a real one's",
  },
  TRAEFIK_BIN: {
    schema: text.optional(),
    usedBy: start,
    help: 'the Traefik 3 program; looked for on PATH and fetched where it is not set',
  },
  MOORING_LISTEN: { schema: listenAddress, default: '0.0.0.0:5000', usedBy: serve, help: 'where the front listens' },
  MOORING_INTERNAL_LISTEN: {
    schema: listenAddress,
    default: '127.0.0.1:5001',
    usedBy: listening,
    help: 'where /metrics, /healthz, /readyz, /explain and /traefik/config listen; the first three with domains, where it is set',
  },
  MOORING_ROUTES: {
    schema: oneOf('auto', 'labels', 'http'),
    default: 'auto',
    usedBy: serve,
    help: "how Traefik learns of routes: from the services' labels (Traefik 2), over its HTTP provider (Traefik 3), or as the version that its API tells has it (auto)",
  },
  MOORING_TRAEFIK_URL: { schema: httpUrl, default: 'http://traefik', usedBy: serve, help: "where Traefik's entry point is reached" },
  MOORING_TRAEFIK_API_URL: {
    schema: httpUrl.optional(),
    usedBy: serve,
    help: "where Traefik's API is, such as http://traefik:8080: it tells which Traefik that is, and with 3.7 or later a page whose container breaks off is answered by the front; beside traefik_metrics with MOORING_ROUTES=auto where it is not set",
  },
  MOORING_FRONT_URL: {
    schema: httpUrl.optional(),
    usedBy: serve,
    help: 'where Traefik reaches the front; needed with MOORING_ROUTES=http, and with Traefik 3',
  },
  MOORING_TRAEFIK_TOKEN: {
    schema: bearerToken.optional(),
    usedBy: serve,
    secret: true,
    help: 'the bearer token of /traefik/config; made and kept in the data folder where it is not set',
  },
  MOORING_TRUSTED_PROXIES: {
    schema: trustedNetworks,
    default: '127.0.0.0/8,::1/128',
    usedBy: serve,
    help: 'whose X-Forwarded headers are believed',
  },
  MOORING_RATE_PERSON: {
    schema: count,
    default: '1200',
    usedBy: serve,
    help: 'how many requests a minute one signed-in person may send to the front; 0 is no limit',
  },
  MOORING_RATE_ADDRESS: {
    schema: count,
    default: '60000',
    usedBy: serve,
    help: 'how many requests a minute may come to the front from one address, behind which there may be many people; 0 is no limit',
  },
  MOORING_RATE_SIGN_IN: {
    schema: count,
    default: '600',
    usedBy: serve,
    help: 'how many requests a minute may come from one address with a sign-in that is not valid; 0 is no limit',
  },
  hostname: {
    schema: hostList,
    default: '',
    usedBy: serve,
    help: "the hosts of the sessions' routes, separated by commas; every host where empty",
  },
  ...IDENTITY_KEYS,
  status_role: {
    schema: text,
    default: 'KBASE_ADMIN',
    usedBy: serve,
    help: "the role of administrators: /narrative_status/, /api/v1 and the dashboard tell them all sessions, and they may end others' sessions",
  },
  MOORING_VERIFY: {
    schema: oneOf('none', 'owner'),
    default: 'none',
    usedBy: both,
    help: 'owner: before each request to a session Traefik asks the front, which lets its owner and administrators through, so that a stolen session cookie opens nothing; it needs Mooring to be up',
  },
  MOORING_DRAIN_SECONDS: {
    schema: drainSeconds,
    default: '0',
    usedBy: serve,
    help: 'how many seconds /readyz says that it is being stopped before anything stops, for a load balancer to see; a container needs a time to stop of this and 10 seconds more',
  },
  MOORING_READY_PAGE: {
    schema: readyPage.optional(),
    usedBy: serve,
    help: 'the page that a browser is led to once the session is ready, such as /load-narrative.html?n={}&check=true; where it is not set, straight to the notebook',
  },
  MOORING_CONTACT: {
    schema: contact.optional(),
    usedBy: both,
    help: 'whom people ask when their session does not start: an address of mail or of a page, or words',
  },
  session_cookie: {
    schema: cookieName,
    default: 'narrative_session',
    usedBy: both,
    help: 'the cookie that routes a person to their session',
  },
  kbase_cookie: { schema: cookieName, default: 'kbase_session', usedBy: both, help: 'the cookie that holds the sign-in token' },
  container_name: { schema: containerName, default: 'narrative-{}', usedBy: both, help: "the services' names; {} is the user" },
  num_prespawn: {
    schema: poolSize.optional(),
    usedBy: both,
    help: 'how many sessions are kept ready for whoever comes next; 5 with serve and none with start where it is not set',
  },
  container_name_prespawn: {
    schema: containerName,
    default: 'narrativepre-{}',
    usedBy: both,
    help: "the services' names until somebody claims them; {} is random",
  },
  image_name: { schema: imageName, default: 'kbase/narrative', usedBy: serve, help: 'the image of a session, without a tag' },
  image_tag: { schema: imageTag.optional(), usedBy: serve, refuseEmpty: true, help: "the image's tag; goes before narrative_version_url" },
  narrative_version_url: {
    schema: httpUrl.optional(),
    usedBy: serve,
    help: 'answers {"version": "x.y.z"}, the tag where image_tag is not set',
  },
  rancher_url: { schema: rancherUrl.optional(), usedBy: serve, help: "Rancher's API, such as https://rancher.example.org/v2-beta" },
  rancher_user: { schema: text.optional(), usedBy: serve, help: 'the access key of an API key' },
  rancher_password: { schema: text.optional(), usedBy: serve, secret: true, help: 'the secret key of that API key' },
  rancher_meta: {
    schema: httpUrl,
    default: 'http://rancher-metadata/',
    usedBy: serve,
    help: "Rancher's metadata service, asked for the own stack",
  },
  rancher_env_url: {
    schema: projectId.optional(),
    usedBy: serve,
    help: 'the environment, such as https://rancher.example.org/v2-beta/projects/1a5',
  },
  rancher_stack_id: { schema: rancherStackId.optional(), usedBy: serve, help: 'the stack that sessions are created in' },
  rancher_stack_name: { schema: text.optional(), usedBy: serve, help: 'the same by its name' },
  ...IDLE_KEYS,
  MOORING_MAX_SESSIONS_PER_PERSON: {
    schema: atMost.optional(),
    usedBy: both,
    help: 'how many sessions of one person may run at once; no limit where it is not set',
  },
  MOORING_MAX_SESSIONS: {
    schema: atMost.optional(),
    usedBy: both,
    help: 'how many sessions of all people may run at once, besides those that are kept ready; no limit where it is not set',
  },
  MOORING_MAX_STARTS: {
    schema: atMost.optional(),
    usedBy: both,
    help: 'how many sessions may be starting at once; the others wait in a queue, in which people see their place; no limit where it is not set',
  },
  ...ROLLOUT_KEYS,
  ...DIRECT_KEYS,
  ...DOMAIN_KEYS,
  ...CONTAINER_KEYS,
  COMMIT_SHA: { schema: text, default: 'not available', usedBy: both, help: 'what /narrative_status/ tells as git_hash' },
  mode: { schema: rancherMode.optional(), usedBy: serve, help: 'rancher, or not set; docker is refused, since sessions run at Rancher' },
  debug: { schema: count, default: '0', usedBy: all, help: 'above 0, log_level is debug where it is not set itself' },
  log_name: { schema: text.optional(), usedBy: all, help: 'a name that each line of the log carries' },
  log_level: { schema: logLevel, default: 'info', usedBy: all, help: 'trace, debug, info, warn, error, fatal or silent' },
} as const satisfies Record<string, KeySpec>;

export type Key = keyof typeof KEYS;
export const KEY_NAMES = Object.keys(KEYS) as Key[];
export type Settings = { [K in Key]: z.output<(typeof KEYS)[K]['schema']> };

/** Keys that narrative-traefiker has and that do nothing here, and why: they are told, so that nobody believes in them. */
export const UNUSED_KEYS: Readonly<Record<string, string>> = {
  docker_url: 'sessions run at Rancher; for one machine there is mooring start, with MOORING_RUNTIME=docker',
  dock_net: "sessions are in Rancher's network",
  sqlite_reaperdb_path: 'what is remembered is in MOORING_DATA',
  log_dest: 'the log goes to stdout with serve and into MOORING_DATA with start',
};
