import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Change, Outlet } from '../outlet.js';
import { renderBackends, renderMap } from '../render.js';
import type { DomainTable } from '../table/types.js';
import { MODES, replace } from './replace.js';

export interface RoutePaths {
  backends: string;
  map: string;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Only writes the two files; whoever reads them is on their own. */
export const filesOutlet = ({ backends, map }: RoutePaths): Outlet => ({
  taken: async () => ({ names: NOTHING, domains: NOTHING }),
  async apply(table: DomainTable): Promise<Change> {
    for (const path of [backends, map]) await mkdir(dirname(path), { recursive: true });
    // The backends first: a domain must never lead to one that is not there.
    const written = [await replace(backends, renderBackends(table), MODES.shared), await replace(map, renderMap(table), MODES.shared)];
    return written.includes(true) ? 'written' : 'none';
  },
});
