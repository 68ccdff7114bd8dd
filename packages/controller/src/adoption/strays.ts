import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { STRAY_REASONS, type StrayReason } from './decide.js';

export interface Stray {
  /** The service's id and name at Rancher. */
  id: string;
  name: string;
  reason: StrayReason;
  message: string;
}

/** Services that say they are ours and belong to no Session: told, never touched. */
export class Strays {
  readonly #byId = new Map<string, Stray>();

  constructor(registry: Registry) {
    const all = this.#byId;
    new Gauge({
      name: 'mooring_strays',
      help: 'Services with our label that belong to no session, by reason. They are left alone.',
      labelNames: ['reason'] as const,
      registers: [registry],
      collect() {
        const strays = [...all.values()];
        for (const reason of STRAY_REASONS) this.set({ reason }, strays.filter((stray) => stray.reason === reason).length);
      },
    });
  }

  /** Says it once, and again when it is for another reason. */
  report(stray: Stray, log: Logger): void {
    const before = this.#byId.get(stray.id);
    this.#byId.set(stray.id, stray);
    if (before?.reason === stray.reason) return;
    const { id, name, reason, message } = stray;
    log.warn({ service: id, reason }, `The service ${name} (${id}) belongs to no session, and is left alone: ${message}.`);
  }

  has(reason: StrayReason): boolean {
    return [...this.#byId.values()].some((stray) => stray.reason === reason);
  }

  /** Those that aren't there any more, or have a Session by now, are none. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#byId.keys()) if (!ids.has(id)) this.#byId.delete(id);
  }
}
