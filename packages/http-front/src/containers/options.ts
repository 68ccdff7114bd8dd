import type { DeliveryLimits } from './deliver/deliver.js';
import type { ContainerFiles } from './ports/container-files.js';
import type { WatchUsage } from './usage.js';

/** /v1 is there where these are given. */
export interface ContainersOptions {
  files: ContainerFiles;
  watchUsage: WatchUsage;
  /** Where scripts are kept, a folder for its owner alone. */
  folder: string;
  /** 32 bytes that sign tokens. */
  key: Buffer;
  /** Whether it is the administrator's password. */
  checkPassword(password: string): Promise<boolean>;
  limits: DeliveryLimits;
  /** Addresses and networks that are fetched from though they are not of the public internet. */
  fetchFrom: readonly string[];
  /** Linux capabilities that no container has. */
  capDrop: readonly string[];
  /** What every container has in its environment, where it is not asked for otherwise. */
  env?: Readonly<Record<string, string>>;
}
