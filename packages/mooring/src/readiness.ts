import type { Readiness } from '@mooring/http-front';

type Check = Readiness['checks'][string];

/** Gathers what readiness consists of. A part is not ready before it says so. */
export class ReadinessBoard {
  private readonly checks = new Map<string, Check>();
  private readonly sources: (() => Readiness)[] = [];

  /** `parts` are waited for, each with what is the matter as long as nothing else was said. */
  constructor(parts: Readonly<Record<string, string>>) {
    for (const [name, message] of Object.entries(parts)) this.checks.set(name, { ok: false, message });
  }

  pass(name: string): void {
    this.checks.set(name, { ok: true });
  }

  fail(name: string, message: string): void {
    this.checks.set(name, { ok: false, message });
  }

  /** Adds the checks of a part that knows its own, in the place of the one that waited for it. */
  attach(name: string, source: () => Readiness): void {
    this.checks.delete(name);
    this.sources.push(source);
  }

  read(): Readiness {
    const own = Object.fromEntries(this.checks);
    const checks: Record<string, Check> = Object.assign(own, ...this.sources.map((source) => source().checks));
    return { ok: Object.values(checks).every(({ ok }) => ok), checks };
  }
}
