import { isIPv6 } from 'node:net';
import { readConfig } from '../config/config.js';
import type { ListenAddress } from '../config/values.js';
import { isLocal, type Whereabouts } from '../plan/is-local.js';
import { portsFrom } from '../process/ports.js';
import { variableOf } from '../process/proc.js';

/** How what listens on every address is reached from this machine. */
const ANY: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export function urlOf({ host, port }: ListenAddress): string {
  const reached = ANY[host] ?? host;
  return `http://${isIPv6(reached) ? `[${reached}]` : reached}:${port}`;
}

/**
 * Where the Mooring that uses the data folder has its internal listener. What it was started with goes before what is configured here.
 *
 * @throws ConfigError
 */
export async function internalUrl(options: Whereabouts & { holder: number }): Promise<string> {
  const { environment, machine, holder } = options;
  const isOfStart = await isLocal(options);
  const key = isOfStart ? 'MOORING_PORT_BASE' : 'MOORING_INTERNAL_LISTEN';
  const started = await variableOf(holder, key);
  const { settings } = readConfig({ ...environment, ...(started !== undefined && { [key]: started }) }, machine);
  return urlOf(isOfStart ? { host: '127.0.0.1', port: portsFrom(settings.MOORING_PORT_BASE).internal } : settings.MOORING_INTERNAL_LISTEN);
}
