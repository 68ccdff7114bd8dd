import { readdir } from 'node:fs/promises';
import { readConfig } from '../config/config.js';
import type { Environment } from '../config/sources.js';
import { dataPaths } from '../data/data-folder.js';

export interface Whereabouts {
  environment: Environment;
  machine: string;
  /** The data folder. */
  folder: string;
  /** Look at start's Rancher, whatever rancher_url says. */
  local: boolean;
}

/** Whether the data folder is one of `start`, as far as the configuration doesn't say otherwise. @throws ConfigError */
export async function isLocal({ environment, machine, folder, local }: Whereabouts): Promise<boolean> {
  const { settings } = readConfig(environment, machine);
  return local || (settings.rancher_url === undefined && (await hasLocalRancher(folder)));
}

/** `start` leaves its local Rancher's records in the data folder. */
async function hasLocalRancher(folder: string): Promise<boolean> {
  return (await readdir(dataPaths(folder).rancher).catch(() => [])).length > 0;
}
