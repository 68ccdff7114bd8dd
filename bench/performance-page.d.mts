interface Figure {
  id: string;
  value: number;
  unit: string;
  goal?: number;
  ok?: boolean;
  least?: boolean;
}
interface Machine {
  cpus: number;
  model?: string | undefined;
  /** In bytes. */
  memory: number;
  node: string;
  /** The load average of the last minute before it. */
  load: number;
}
/** docs/performance.md with these figures in its table; those of benchmarks that did not run stay as they are. */
export function withFigures(document: string, figures: readonly Figure[], machine: Machine): string;
