import type { Session, Store } from '@mooring/resources';
import type { Registry } from 'prom-client';
import type { Life } from './life.js';

/** Mooring as `serve` runs it: controller and front in one process, from its start to its crash. */
export interface Process {
  readonly life: Life;
  readonly registry: Registry;
  routeDocument(): string | undefined;
  resync(): void;
  /** Its timers end, once it has crashed. */
  bury(): void;
  /** What the narrative door does. @throws Problem */
  wish(user: string): Promise<{ session: Session; secret: string }>;
  store: Store;
}
