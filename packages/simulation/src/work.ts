import type { Defect } from './defects/names.js';
import type { RunResult } from './run.js';
import type { Scheduled } from './schedule/events.js';
import type { Suite } from './suite.js';

/** What a worker is asked. */
export interface Order {
  seed: number;
  /** The same for all orders of a worker: it is planted once. */
  defect?: Defect | undefined;
  suite: Suite;
  isToShrink: boolean;
}

/** What it answers. */
export interface Report {
  seed: number;
  /** How many things were to happen. */
  events: number;
  result: RunResult;
  /** As few of them as break the same rule. */
  shrunk?: readonly Scheduled[];
}
