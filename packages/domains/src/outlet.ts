import type { DomainTable } from './table/types.js';

/** What it took to bring a table into effect. */
export type Change = 'none' | 'written' | 'commands' | 'reload';

/** Where tables come into effect. */
export interface Outlet {
  /** Names of proxies and hosts that no stack can have here. */
  taken(): Promise<{ names: ReadonlySet<string>; domains: ReadonlySet<string> }>;
  /** @throws where the table is not in effect; what was before is. */
  apply(table: DomainTable): Promise<Change>;
  /** Looks after what changes without the metadata's version, such as certificates. Called every half a minute, and at each change. */
  look?(): Promise<void>;
  /** What is wrong although the last table is in effect, in a sentence. */
  problem?(): string | undefined;
}
