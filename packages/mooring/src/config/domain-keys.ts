import { z } from 'zod';
import { domainName, hostAndPort, httpUrl, labelName, metadataVersion, oneOf, oneWord, onOff, port, proxyListen } from './values.js';

const text = z.string();
const serve = ['serve'] as const;
const both = ['serve', 'domains'] as const;
const FOLDER = '/usr/local/etc/haproxy';

/** Keys of stacks' domains; those without MOORING_ in front are rancher-haproxy's. */
export const DOMAIN_KEYS = {
  MOORING_DOMAINS: {
    schema: oneOf('none', 'haproxy', 'traefik'),
    default: 'none',
    usedBy: serve,
    help: 'which proxy leads <stack>.<STACK_DOMAIN> to the stack: none, a HAProxy that is run, or the Traefik that fetches the routes',
  },
  STACK_DOMAIN: { schema: domainName.optional(), usedBy: both, help: "what follows a stack's name in its domain, such as dev.example.org" },
  RANCHER_LABEL: {
    schema: labelName,
    default: 'map-public-http',
    usedBy: both,
    help: 'the label by which a container asks for requests; its value is the port',
  },
  RANCHER_PROXY_LABEL: {
    schema: labelName,
    default: 'send-proxy',
    usedBy: both,
    help: "the label with HAProxy's options of a container as a server, such as send-proxy-v2",
  },
  RANCHER_API_HOST: {
    schema: hostAndPort,
    default: 'rancher-metadata.rancher.internal',
    usedBy: both,
    help: "the host of Rancher's metadata service; with serve, rancher_meta where it is not set",
  },
  RANCHER_API_VERSION: { schema: metadataVersion, default: '2016-07-29', usedBy: both, help: "the version of the metadata's format" },
  MOORING_DOMAINS_METADATA: {
    schema: httpUrl.optional(),
    usedBy: both,
    help: 'the whole address of the metadata service, in the place of RANCHER_API_HOST',
  },
  DISABLE_METADATA: {
    schema: onOff,
    default: 'false',
    usedBy: ['domains'],
    help: 'true: HAProxy is run with the files as they are, and takes what another program writes into them',
  },
  HAPROXY_CONFIG: {
    schema: text,
    default: `${FOLDER}/haproxy.cfg`,
    usedBy: both,
    help: "the site's own haproxy.cfg, whose places such as #STATS_PORT# are filled in; a built-in one where there is none",
  },
  HAPROXY_BACKEND_CONFIG: { schema: text, default: `${FOLDER}/haproxy-backends.cfg`, usedBy: both, help: 'where the backends are written' },
  HAPROXY_DOMAIN_MAP: { schema: text, default: `${FOLDER}/domain.map`, usedBy: both, help: 'where the map of domains is written' },
  HAPROXY_BIN: { schema: text, default: 'haproxy', usedBy: both, help: 'the HAProxy program, 2.6 or later' },
  MOORING_DOMAINS_LISTEN: { schema: proxyListen, default: '*:80', usedBy: both, help: 'where HAProxy listens for HTTP' },
  MOORING_DOMAINS_LISTEN_SSL: { schema: proxyListen, default: '*:443', usedBy: both, help: 'where it listens for HTTPS' },
  ENABLE_SSL: {
    schema: onOff,
    default: 'false',
    usedBy: both,
    help: 'true: HTTPS, with the certificate at HAPROXY_SSL_CERT or that of the metadata (ssl_cert, ssl_key)',
  },
  HAPROXY_SSL_CERT: {
    schema: text,
    default: `${FOLDER}/server.pem`,
    usedBy: both,
    help: "certificate and key in one file; what is mounted there goes before the metadata's, which are written there",
  },
  SSL_BASE64_ENCODED: { schema: onOff, default: 'false', usedBy: both, help: 'true: ssl_cert and ssl_key are in base64' },
  ENABLE_SSL_REDIRECTION: { schema: onOff, default: 'false', usedBy: both, help: 'true: whoever comes over HTTP is led to HTTPS' },
  SSL_REDIRECTION_TYPE: {
    schema: oneOf('301', '302', '303', '307', '308'),
    default: '301',
    usedBy: both,
    help: 'the status by which they are',
  },
  ENABLE_STATS: { schema: onOff, default: 'false', usedBy: both, help: "true: HAProxy's page of statistics, behind a password" },
  STATS_PORT: { schema: port, default: '1936', usedBy: both, help: 'the port of that page' },
  STATS_USERNAME: { schema: oneWord.regex(/^[^:]+$/, 'must not hold a colon'), default: 'haproxy', usedBy: both, help: 'who may see it' },
  STATS_PASSWORD: {
    schema: oneWord.optional(),
    usedBy: both,
    secret: true,
    help: 'the password for it; made and kept beside the backends where it is not set',
  },
  SYSLOG_HOST: {
    schema: hostAndPort.optional(),
    usedBy: both,
    help: "where HAProxy's log goes; to the host's own address where it is not set and the metadata know one",
  },
  SYSLOG_FACILITY: {
    schema: z.string().regex(/^(kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|auth2|ftp|ntp|audit|alert|cron2|local[0-7])$/, {
      error: 'must be a facility of syslog, such as daemon or local0',
    }),
    default: 'daemon',
    usedBy: both,
    help: 'the facility in that log',
  },
} as const;
