import { join } from 'node:path';
import type { Controller } from '@mooring/controller';
import { TraefikOutlet } from '@mooring/domains';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from '../config/config.js';
import type { Environment } from '../config/sources.js';
import type { DataFolder } from '../data/data-folder.js';
import type { Shutdown } from '../process/shutdown.js';
import type { ReadinessBoard } from '../readiness.js';
import { openHaproxy } from './haproxy.js';
import { keepDomains } from './keep.js';
import { knownFrom, openDomainMetadata } from './metadata.js';

export interface ServeDomainsOptions {
  config: Config;
  data: DataFolder;
  environment: Environment;
  registry: Registry;
  board: ReadinessBoard;
  logger: Logger;
  shutdown: Shutdown;
}

/** Keeps stacks' domains beside the sessions, where that is asked for. Answers the routes where they are Traefik's. */
export async function openDomains(options: ServeDomainsOptions): Promise<TraefikOutlet | undefined> {
  const { config, data, shutdown } = options;
  const { settings } = config;
  if (settings.MOORING_DOMAINS === 'none') return undefined;
  const source = openDomainMetadata(config);
  const all = { ...options, settings, source, logger: options.logger.child({ component: 'domains' }) };
  if (settings.MOORING_DOMAINS === 'haproxy') {
    const { HAPROXY_BACKEND_CONFIG: backends, HAPROXY_DOMAIN_MAP: map, STACK_DOMAIN: domain = '' } = settings;
    const known = await knownFrom({ backends, map }, domain);
    keepDomains({ ...all, outlet: await openHaproxy(all, shutdown), proxy: 'haproxy', known });
    return undefined;
  }
  const hosts = new Set(settings.hostname.map((host) => host.toLowerCase()));
  const outlet = new TraefikOutlet({
    entryPoint: 'web',
    domain: settings.STACK_DOMAIN ?? '',
    file: join(data.traefik, 'stacks.json'),
    hosts,
  });
  const known = await outlet.open();
  keepDomains({ ...all, outlet, proxy: 'traefik', known });
  return outlet;
}

/** The controller, whose route document has the stacks' routes too. */
export const withDomains = (controller: Controller, stacks: TraefikOutlet | undefined): Controller => ({
  ...controller,
  routeDocument: () => {
    const document = controller.routeDocument();
    return document === undefined ? undefined : (stacks?.documentWith(document) ?? document);
  },
  onRoutesChanged: (listener) => {
    controller.onRoutesChanged(listener);
    stacks?.onChanged(listener);
  },
});
