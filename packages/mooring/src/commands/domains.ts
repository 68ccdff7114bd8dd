import { join, resolve } from 'node:path';
import { readConfig } from '../config/config.js';
import type { Environment } from '../config/sources.js';
import { showOnce } from '../domains/once.js';
import { watchDomains } from '../domains/watch.js';
import type { Terminal } from '../terminal.js';

export interface DomainsOptions {
  metadata?: string;
  domain?: string;
  out?: string;
  once: boolean;
  haproxy: boolean;
  json: boolean;
}

/** Options go before variables, and variables before what follows from the folder. */
function withOptions(environment: Environment, { metadata, domain, out }: DomainsOptions): Environment {
  const folder = out === undefined ? undefined : resolve(out);
  return {
    ...(folder !== undefined && { HAPROXY_CONFIG: join(folder, 'haproxy.cfg'), HAPROXY_SSL_CERT: join(folder, 'server.pem') }),
    ...environment,
    ...(folder !== undefined && {
      HAPROXY_BACKEND_CONFIG: join(folder, 'haproxy-backends.cfg'),
      HAPROXY_DOMAIN_MAP: join(folder, 'domain.map'),
    }),
    ...(metadata !== undefined && { MOORING_DOMAINS_METADATA: metadata }),
    ...(domain !== undefined && { STACK_DOMAIN: domain }),
  };
}

/**
 * Gives every stack its host name: writes HAProxy's map and backends, and with `haproxy` runs it.
 *
 * @throws ConfigError, or what else kept it from it.
 */
export async function domains(terminal: Terminal, options: DomainsOptions): Promise<void> {
  const environment = withOptions(terminal.environment, options);
  const config = readConfig(environment, terminal.machine, 'domains');
  const { sources } = config;
  const writes = Boolean(sources.HAPROXY_BACKEND_CONFIG ?? sources.HAPROXY_DOMAIN_MAP);
  if (options.once) await showOnce(config, { ...options, writes }, { ...terminal, environment });
  else await watchDomains(config, options.haproxy, { ...terminal, environment });
}
