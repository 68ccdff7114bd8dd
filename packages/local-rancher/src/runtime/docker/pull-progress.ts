import type { PullLine } from './engine-schemas.js';

interface Layer {
  current: number;
  total: number;
}

/** Keeps of what a pull tells how far it is. */
export class PullProgress {
  readonly #layers = new Map<string, Layer>();

  constructor(private readonly image: string) {}

  take({ id, status, progressDetail }: PullLine): void {
    if (id === undefined) return;
    const { current, total } = progressDetail ?? {};
    if (status === 'Downloading' && current !== undefined && total !== undefined) this.#layers.set(id, { current, total });
    const layer = this.#layers.get(id);
    if (status === 'Download complete' && layer) this.#layers.set(id, { ...layer, current: layer.total });
  }

  /** Of what is known by now to be downloaded; layers that aren't begun yet don't count, so it may go back. */
  toString(): string {
    const layers = [...this.#layers.values()];
    const total = layers.reduce((sum, layer) => sum + layer.total, 0);
    if (total === 0) return `Pulling ${this.image}`;
    const current = layers.reduce((sum, layer) => sum + layer.current, 0);
    return `Pulling ${this.image}: ${Math.floor((100 * current) / total)} % of ${Math.ceil(total / 1e6)} MB`;
  }
}
