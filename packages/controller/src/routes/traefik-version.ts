import type { Logger } from 'pino';
import { z } from 'zod';
import { type Clock, pause } from '../runtime/clock.js';
import { type Asker, type ProbeAnswer, Prober } from './prober.js';

/** Failover on errors came with 3.7.0 (3.6.2 refuses a document that has it, 3.7.0 takes it: measured). */
const FAILS_OVER_SINCE = { major: 3, minor: 7 };

/** Whether a Traefik of this version takes services that fail over on errors. What isn't known to be a release of it doesn't. */
export function failsOverOnErrors(version: string | undefined): boolean {
  const [, major = '', minor = ''] = /^v?(\d+)\.(\d+)\.\d+$/.exec(version ?? '') ?? [];
  return Number(major) === FAILS_OVER_SINCE.major && Number(minor) >= FAILS_OVER_SINCE.minor;
}

const DOCUMENT_READERS: Readonly<Record<string, boolean>> = { '2': false, '3': true };

/**
 * Whether a Traefik of this version has its routes from the document; Traefik 2, the last with a Rancher provider, has them from labels.
 * undefined where nobody can tell.
 */
export function readsDocument(version: string | undefined): boolean | undefined {
  const [, major = ''] = /^v?(\d+)\.\d+/.exec(version ?? '') ?? [];
  return DOCUMENT_READERS[major];
}

const LIMITS = { deadlineMs: 2000, textBytes: 4096 };
const ASK_AGAIN_MS = 5000;
/** Less than Traefik's own patience with what it fetches (pollTimeout, five seconds), together with the deadline of the last question. */
const RENEW_MS = 1000;
const RENEW_AGAIN_MS = 50;

/** What Traefik's `/api/version` answers. */
const versionSchema = z.object({ Version: z.string().max(64) });

function readVersion(text: string): string | undefined {
  try {
    return versionSchema.safeParse(JSON.parse(text)).data?.Version;
  } catch {
    return undefined;
  }
}

function versionOf(answer: ProbeAnswer): { version: string } | { problem: string } {
  if ('error' in answer) return { problem: answer.error };
  const version = answer.status === 200 ? readVersion(answer.text) : undefined;
  return version === undefined ? { problem: `it answers ${answer.status}, and no version` } : { version };
}

export interface VersionWatch {
  /** Of Traefik's API, such as http://traefik:8080. */
  apiUrl: string;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
  /** Told of each answer; undefined where there is none: Traefik may be about to be another one. */
  onVersion: (version: string | undefined) => void;
  asker?: Asker;
}

/** Which Traefik runs, as its API says; it may be replaced while Mooring runs. */
export class TraefikVersion {
  readonly #asker: Asker;
  #told: string | undefined;
  #isKnown = false;
  #renewing: Promise<void> | undefined;

  constructor(private readonly watch: VersionWatch) {
    this.#asker = watch.asker ?? new Prober(LIMITS);
  }

  /** Asks again and again. Resolves when it is called off. */
  async follow(): Promise<void> {
    const { clock, signal } = this.watch;
    while (!signal.aborted) {
      await this.#ask();
      if (!signal.aborted) await pause(clock, ASK_AGAIN_MS, signal);
    }
    await this.#asker.close();
  }

  /**
   * Asks now: whoever comes for the routes by a new connection may be another Traefik, whose log would tell the cookies in the rules that it
   * doesn't understand. Resolves when it has answered, which one that has just started does a moment later: it is asked again for RENEW_MS, but
   * once only where none ever has.
   */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renew(): Promise<void> {
    const { clock, signal } = this.watch;
    const endsAt = clock.now() + RENEW_MS;
    while (!(await this.#ask()) && this.#isKnown && !signal.aborted && clock.now() < endsAt) await pause(clock, RENEW_AGAIN_MS, signal);
  }

  /** Answers whether Traefik did. */
  async #ask(): Promise<boolean> {
    const { apiUrl, log, signal, onVersion } = this.watch;
    const { origin, pathname } = new URL(apiUrl);
    const path = `${pathname.replace(/\/+$/, '')}/api/version`;
    const known = versionOf(await this.#asker.ask({ origin, path, headers: { accept: 'application/json' } }));
    if (signal.aborted) return false;
    const text = 'version' in known ? known.version : known.problem;
    if (text !== this.#told) tell(known, log);
    this.#told = text;
    this.#isKnown ||= 'version' in known;
    onVersion('version' in known ? known.version : undefined);
    return 'version' in known;
  }
}

function tell(known: { version: string } | { problem: string }, log: Logger): void {
  if ('problem' in known) log.warn({ problem: known.problem }, "Traefik's API does not tell its version: pages do not fail over");
  else if (failsOverOnErrors(known.version)) log.info({ version: known.version }, 'Traefik fails over on errors: pages do');
  else log.info({ version: known.version }, 'this Traefik does not fail over on errors: pages do not');
}
