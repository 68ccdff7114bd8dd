import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import { follow } from './metadata/follow.js';
import type { Known } from './metadata/reading.js';
import type { MetadataSource } from './metadata/source.js';
import type { DomainMetrics } from './metrics.js';
import type { Change, Outlet } from './outlet.js';
import { domainsIn, serversIn, TableBuilder } from './table/table.js';
import type { DomainTable, LeftOut, TableSettings } from './table/types.js';

export interface KeeperOptions {
  source: MetadataSource;
  outlet: Outlet;
  settings: Omit<TableSettings, 'takenNames' | 'takenDomains'>;
  known: Known;
  metrics: DomainMetrics;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

export interface Health {
  ok: boolean;
  message?: string;
}

/** Keeps an outlet at what the metadata service tells. */
export class DomainKeeper {
  #problem: string | undefined = 'the metadata service has not been read yet';
  #failure: string | undefined;
  #told: string | undefined;
  #refusals = '';

  constructor(private readonly options: KeeperOptions) {}

  /** Whether the last that was told is in effect. */
  health(): Health {
    const message = this.#failure ?? this.#problem ?? this.options.outlet.problem?.();
    return message === undefined ? { ok: true } : { ok: false, message };
  }

  /** Resolves when the signal aborts. */
  async run(): Promise<void> {
    const { outlet, settings } = this.options;
    const { names, domains } = await outlet.taken();
    const tables = new TableBuilder({ ...settings, takenNames: names, takenDomains: domains });
    await follow({
      ...this.options,
      label: settings.label,
      onTold: (told) => this.#apply(tables.build(told)),
      onProblem: (problem) => this.#note(problem),
      onLook: () => this.#look(),
    });
  }

  async #look(): Promise<void> {
    await this.options.outlet
      .look?.()
      .catch((err: unknown) => this.options.logger.error({ err }, 'what domains need could not be looked after'));
  }

  #note(problem: string | undefined): void {
    this.#problem = problem;
    if (problem === undefined) {
      if (this.#told !== undefined) this.options.logger.info('the metadata service answers again');
    } else {
      this.options.metrics.behind();
      if (problem !== this.#told) this.options.logger.warn({ problem }, 'the metadata are not known');
    }
    this.#told = problem;
  }

  /** Whether the table is in effect. */
  async #apply(table: DomainTable): Promise<boolean> {
    const { outlet, metrics, logger, clock } = this.options;
    const startedAt = clock.now();
    try {
      const change = await outlet.apply(table);
      this.#failure = undefined;
      metrics.applied(table, change);
      this.#log(table, change, clock.now() - startedAt);
      return true;
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      metrics.failed();
      logger.error({ err: error }, 'the domains are not in effect; what worked stays');
      return false;
    }
  }

  #log(table: DomainTable, change: Change, tookMs: number): void {
    const { logger } = this.options;
    if (change !== 'none')
      logger.info(
        { by: change, domains: domainsIn(table), servers: serversIn(table), leftOut: table.leftOut.length, tookMs },
        'domains changed',
      );
    const refusals = JSON.stringify(table.leftOut);
    if (refusals === this.#refusals) return;
    this.#refusals = refusals;
    for (const one of table.leftOut.slice(0, MOST_LINES)) logger.info(lineOf(one), 'left out');
  }
}

const MOST_LINES = 100;

const lineOf = ({ what, stack, name, reason, message }: LeftOut) => ({ what, stack, of: name, reason, why: message });
