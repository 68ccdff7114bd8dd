/**
 * The haproxy.cfg of sites that have none of their own. The placeholders are rancher-haproxy's, so that one which was written for it is
 * filled in the same way, and a few more. A line of something that is off goes away.
 *
 * A host is looked for as it is first, which costs the same however many there are; then, as rancher-haproxy did, by its domain's parts, so
 * that www.<stack>.<domain> comes to the stack as well.
 *
 * A reload closes no idle connection under a client that may be about to use it: the old worker answers one request more on it, and has it
 * closed then. So that nobody is led by what was before for longer than a second, idle connections are not kept for longer at all.
 */
export const DEFAULT_CONFIG = `global
  log #SYSLOG_HOST# #SYSLOG_FACILITY#
  fd-hard-limit 50000
  tune.ssl.default-dh-param 2048
  ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256
  ssl-default-bind-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets

defaults
  log     global
  mode    http
  option  httplog
  option  dontlognull
  option  redispatch 1
  option  http-server-close
  option  forwardfor
  option  idle-close-on-response
  retries 3
  timeout connect 5s
  timeout client 50s
  timeout server 50s
  timeout http-request 10s
  timeout http-keep-alive 800ms
  timeout tunnel 1h

#ENABLE_STATS#listen haproxy_stats
#ENABLE_STATS#  bind #STATS_LISTEN#
#ENABLE_STATS#  stats enable
#ENABLE_STATS#  stats hide-version
#ENABLE_STATS#  stats realm Haproxy\\ Statistics
#ENABLE_STATS#  stats uri /
#ENABLE_STATS#  stats auth #STATS_USERNAME#:#STATS_PASSWORD#

frontend www
  bind #LISTEN#
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Real-IP %[src]
#ENABLE_SSL_REDIRECTION#  http-request redirect scheme https code #SSL_REDIRECTION_TYPE#
  use_backend %[req.hdr(host),field(1,:),lower,map_str(#DOMAIN_MAP#)] if { req.hdr(host),field(1,:),lower,map_str(#DOMAIN_MAP#) -m found }
  use_backend %[req.hdr(host),lower,map_dom(#DOMAIN_MAP#,be_sorry)]

#ENABLE_SSL#frontend www-https
#ENABLE_SSL#  bind #LISTEN_SSL# ssl crt #SSL_CERT# alpn h2,http/1.1
#ENABLE_SSL#  http-request set-header X-Forwarded-Proto https
#ENABLE_SSL#  http-request set-header X-Real-IP %[src]
#ENABLE_SSL#  use_backend %[req.hdr(host),field(1,:),lower,map_str(#DOMAIN_MAP#)] if { req.hdr(host),field(1,:),lower,map_str(#DOMAIN_MAP#) -m found }
#ENABLE_SSL#  use_backend %[req.hdr(host),lower,map_dom(#DOMAIN_MAP#,be_sorry)]

backend be_sorry
  http-request return status 503 content-type text/plain hdr Retry-After 5 string "Nothing runs under this name."
`;

export interface TemplateValues {
  /** Missing: HAProxy logs nowhere. */
  syslog?: { host: string; facility: string } | undefined;
  stats?: { listen: string; username: string; password: string } | undefined;
  /** The file of certificate and key; missing: no HTTPS. */
  certificate?: string | undefined;
  /** The status of the redirection to HTTPS; missing: none. */
  redirect?: string | undefined;
  domainMap: string;
  listen: string;
  listenSsl: string;
}

/** In one word of HAProxy's configuration. */
const word = (text: string): string => text.replaceAll(/[\\ #'"]/g, '\\$&');

/** Lines that begin so are of something that may be off. */
const SWITCH = /^#(ENABLE_STATS|ENABLE_SSL_REDIRECTION|ENABLE_SSL)#/;
const SYSLOG = /#SYSLOG_(HOST|FACILITY)#/;

/** Puts values in the places of a haproxy.cfg; one without places stays as it is. */
export function fillTemplate(template: string, values: TemplateValues): string {
  const on: Readonly<Record<string, boolean>> = {
    ENABLE_STATS: values.stats !== undefined,
    ENABLE_SSL: values.certificate !== undefined,
    ENABLE_SSL_REDIRECTION: values.redirect !== undefined,
  };
  const places: Readonly<Record<string, string | undefined>> = {
    SYSLOG_HOST: values.syslog?.host,
    SYSLOG_FACILITY: values.syslog?.facility,
    STATS_LISTEN: values.stats?.listen,
    STATS_PORT: values.stats?.listen.split(':').at(-1),
    STATS_USERNAME: values.stats && word(values.stats.username),
    STATS_PASSWORD: values.stats && word(values.stats.password),
    SSL_CERT: values.certificate && word(values.certificate),
    SSL_REDIRECTION_TYPE: values.redirect,
    DOMAIN_MAP: word(values.domainMap),
    LISTEN: values.listen,
    LISTEN_SSL: values.listenSsl,
  };
  return template
    .split('\n')
    .filter((line) => on[SWITCH.exec(line)?.[1] ?? ''] ?? true)
    .filter((line) => values.syslog !== undefined || !SYSLOG.test(line))
    .map((line) => line.replace(SWITCH, '').replaceAll(/#([A-Z_]+)#/g, (place, name: string) => places[name] ?? place))
    .join('\n');
}

/** The names of the proxies in a haproxy.cfg that a backend can't have too. */
export function proxyNames(config: string): Set<string> {
  const names = [...config.matchAll(/^(?:#[A-Z_]+#)?\s*(?:backend|listen)\s+(\S+)/gm)];
  return new Set(names.map(([, name = '']) => name));
}

/** What HAProxy needs beside the site's own to be changed while it runs: a way in, for this user only, that also hands the listeners on. */
export const runtimeConfig = (socket: string): string =>
  `global\n  stats socket ${word(socket)} mode 600 level admin expose-fd listeners\n  stats timeout 1m\n`;
