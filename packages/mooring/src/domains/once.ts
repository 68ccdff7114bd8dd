import { buildTable, filesOutlet, type Outlet, readTold, systemClock } from '@mooring/domains';
import { pino } from 'pino';
import type { Config } from '../config/config.js';
import type { Terminal } from '../terminal.js';
import { formatDomains } from './format.js';
import { configureHaproxy } from './haproxy.js';
import { knownFrom, openDomainMetadata } from './metadata.js';

export interface OnceOptions {
  json: boolean;
  /** Has HAProxy check what is written. */
  haproxy: boolean;
  /** Where nothing is to be written, the table is only shown. */
  writes: boolean;
}

const NEVER = new AbortController().signal;

/** Reads the metadata once, writes the two files, and shows the table. @throws where the metadata could not be read, or HAProxy refuses the files. */
export async function showOnce(config: Config, { json, haproxy, writes }: OnceOptions, { environment, out, err }: Terminal): Promise<void> {
  const { settings } = config;
  const { STACK_DOMAIN: domain = '', HAPROXY_BACKEND_CONFIG: backends, HAPROXY_DOMAIN_MAP: map } = settings;
  const source = openDomainMetadata(config);
  try {
    const silent = pino({ level: 'silent' });
    const proxy = haproxy ? await configureHaproxy({ settings, source, environment, logger: silent }) : undefined;
    const outlet: Outlet = proxy ? { taken: () => proxy.taken(), apply: (table) => proxy.write(table) } : filesOutlet({ backends, map });
    await proxy?.prepare();
    const known = await knownFrom({ backends, map }, domain);
    const { told, problem } = await readTold({ source, label: settings.RANCHER_LABEL, clock: systemClock, signal: NEVER, known });
    if (!told) throw new Error(problem ?? 'The metadata service told nothing.');
    if (problem !== undefined) err(`mooring: ${problem}\n`);
    const { names, domains } = await outlet.taken();
    const table = buildTable(told, {
      domain,
      label: settings.RANCHER_LABEL,
      proxyLabel: settings.RANCHER_PROXY_LABEL,
      proxy: 'haproxy',
      takenNames: names,
      takenDomains: domains,
    });
    if (writes) await outlet.apply(table);
    out(json ? `${JSON.stringify({ domain, ...table }, null, 2)}\n` : formatDomains(table));
  } finally {
    await source.close();
  }
}
