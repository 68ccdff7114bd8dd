import { Counter, Gauge, type Registry } from 'prom-client';
import type { Change } from './outlet.js';
import { domainsIn, serversIn } from './table/table.js';
import { type DomainTable, REFUSED, WAITING } from './table/types.js';

/** How a change came into effect, or that it did not. */
const CHANGES: readonly (Exclude<Change, 'none'> | 'failed')[] = ['written', 'commands', 'reload', 'failed'];

/** What is measured of domains; every label starts at 0. */
export class DomainMetrics {
  readonly #domains: Gauge;
  readonly #servers: Gauge;
  readonly #leftOut: Gauge<'reason'>;
  readonly #changes: Counter<'by'>;
  #behindSince: number | undefined;

  /** `now` in ms since the epoch. */
  constructor(
    registry: Registry,
    private readonly now: () => number,
  ) {
    const registers = [registry];
    this.#domains = new Gauge({ name: 'mooring_domains', help: 'Domains that lead to a stack.', registers });
    this.#servers = new Gauge({ name: 'mooring_domain_servers', help: 'Containers that requests for domains go to.', registers });
    this.#leftOut = new Gauge({
      name: 'mooring_domain_left_out',
      help: 'Containers, stacks and aliases that get no requests, by reason; NotRunning, Unhealthy and NoAddress may pass by themselves.',
      labelNames: ['reason'] as const,
      registers,
    });
    this.#changes = new Counter({
      name: 'mooring_domain_changes_total',
      help: 'Changes of domains, by how they came into effect: written for a proxy, commands to a running one, a reload; or failed.',
      labelNames: ['by'] as const,
      registers,
    });
    const behind = (): number => this.#behind();
    new Gauge({
      name: 'mooring_domains_behind_seconds',
      help: 'For how long it has not been known that what the metadata service has is in effect; 0 where it is.',
      registers,
      collect() {
        this.set(behind());
      },
    });
    for (const reason of [...WAITING, ...REFUSED]) this.#leftOut.set({ reason }, 0);
    for (const by of CHANGES) this.#changes.inc({ by }, 0);
    this.behind();
  }

  /** A table is in effect. */
  applied(table: DomainTable, change: Change): void {
    this.#behindSince = undefined;
    this.#domains.set(domainsIn(table));
    this.#servers.set(serversIn(table));
    for (const reason of [...WAITING, ...REFUSED])
      this.#leftOut.set({ reason }, table.leftOut.filter((one) => one.reason === reason).length);
    if (change !== 'none') this.#changes.inc({ by: change });
  }

  failed(): void {
    this.#changes.inc({ by: 'failed' });
    this.behind();
  }

  /** What the metadata service has is not known, or not in effect. */
  behind(): void {
    this.#behindSince ??= this.now();
  }

  #behind(): number {
    return this.#behindSince === undefined ? 0 : Math.max(0, this.now() - this.#behindSince) / 1000;
  }
}
