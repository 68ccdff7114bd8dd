import { DomainKeeper, DomainMetrics, type Known, type MetadataSource, type Outlet, systemClock } from '@mooring/domains';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Settings } from '../config/keys.js';
import { type Shutdown, STAGES } from '../process/shutdown.js';
import type { ReadinessBoard } from '../readiness.js';

export interface KeepOptions {
  settings: Settings;
  source: MetadataSource;
  outlet: Outlet;
  proxy: 'haproxy' | 'traefik';
  known: Known;
  registry: Registry;
  board: ReadinessBoard;
  logger: Logger;
  shutdown: Shutdown;
}

/** Keeps an outlet at what the metadata tell until the shutdown; `domains` on the board says whether it is. */
export function keepDomains({ settings, outlet, proxy, board, shutdown, registry, ...others }: KeepOptions): void {
  const calledOff = new AbortController();
  const keeper = new DomainKeeper({
    ...others,
    outlet,
    settings: { domain: settings.STACK_DOMAIN ?? '', label: settings.RANCHER_LABEL, proxyLabel: settings.RANCHER_PROXY_LABEL, proxy },
    metrics: new DomainMetrics(registry, Date.now),
    clock: systemClock,
    signal: calledOff.signal,
  });
  board.attach('domains', () => {
    const health = keeper.health();
    return { ok: health.ok, checks: { domains: health } };
  });
  const running = keeper.run();
  shutdown.add(STAGES.deciding, 'domains', async () => {
    calledOff.abort();
    await others.source.close();
    await running;
  });
}
