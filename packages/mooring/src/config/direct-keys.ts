import { z } from 'zod';
import {
  commaNames,
  cookieName,
  hostList,
  listenAddress,
  oneOf,
  pageUrl,
  pathPrefix,
  routingKinds,
  seconds,
  statusCode,
} from './values.js';

const text = z.string();
const serve = ['serve'] as const;
const both = ['start', 'serve'] as const;

/** Keys of containers that are asked for by their names (ContainerDirectRouting's flags have these counterparts: spawner-flags.ts). */
export const DIRECT_KEYS = {
  MOORING_DIRECT: {
    schema: routingKinds.optional(),
    usedBy: both,
    help: 'how containers are asked for by their names, and that they may be deployed so: cookie, path, both (cookie,path), or off; both with start and off with serve where it is not set',
  },
  MOORING_DIRECT_HOSTS: {
    schema: hostList,
    default: '',
    usedBy: both,
    help: 'hosts that are for such containers alone, separated by commas; where empty, requests with the cookie and paths below the prefix are, on every host',
  },
  MOORING_DIRECT_COOKIE: { schema: cookieName, default: 'instance', usedBy: both, help: 'the cookie that names a container' },
  MOORING_DIRECT_PLAIN_COOKIE: {
    schema: oneOf('refuse', 'allow'),
    default: 'refuse',
    usedBy: both,
    help: 'whether the plain name, which others can guess, is a good cookie for what is deployed from now on; signed ones are always',
  },
  MOORING_DIRECT_PREFIX: {
    schema: pathPrefix,
    default: '/apps',
    usedBy: both,
    help: "what stands before a container's name in its path; / for nothing, which takes hosts of its own",
  },
  MOORING_DIRECT_FALLBACK_URL: {
    schema: pageUrl,
    default: '/home',
    usedBy: both,
    help: 'where a browser is led whose cookie is wrong, or missing on a host of its own',
  },
  MOORING_DIRECT_ENTRYPOINTS: {
    schema: commaNames,
    default: 'web',
    usedBy: serve,
    help: "Traefik's entry points that such containers are on, and that a deployment may name",
  },
  MOORING_DIRECT_TLS: {
    schema: oneOf('off', 'on'),
    default: 'off',
    usedBy: serve,
    help: 'on: the routers of such containers end TLS',
  },
  MOORING_DIRECT_LISTEN: {
    schema: listenAddress,
    default: '0.0.0.0:8008',
    usedBy: serve,
    help: 'where the management API listens, which people must not reach',
  },
  MOORING_DIRECT_AUTH: {
    schema: oneOf('on', 'off'),
    default: 'on',
    usedBy: both,
    help: 'off: whoever reaches the management API may deploy',
  },
  MOORING_DIRECT_USERS_FILE: {
    schema: text.optional(),
    usedBy: both,
    help: 'who may deploy: lines of user,hash, hashes made by mooring hash-password; needed with serve unless MOORING_DIRECT_AUTH is off; start has a user admin where it is not set',
  },
  MOORING_DIRECT_TOKEN_SECONDS: {
    schema: seconds(60),
    default: '3600',
    usedBy: both,
    help: 'how many seconds a token of the management API holds',
  },
  MOORING_DIRECT_PROBE_STATUS: {
    schema: statusCode,
    default: '200',
    usedBy: both,
    help: 'the HTTP status that the URL in the label health-check must answer',
  },
  MOORING_DIRECT_PROBE_TIMEOUT: {
    schema: seconds(1),
    default: '60',
    usedBy: both,
    help: 'how many seconds that answer may take; 600 at most count',
  },
  MOORING_DIRECT_READY_WITHIN: {
    schema: seconds(1),
    default: '90',
    usedBy: both,
    help: 'how many seconds such a container has to be ready; else it is stopped again, and its page says why',
  },
} as const;
