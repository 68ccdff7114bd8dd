import type { ContainerRecord } from '@mooring/local-rancher';
import { type DataCentre, sessionOf } from '../world/data-centre.js';
import { Notebook } from './notebook.js';
import { AFTER_SECONDS, type IdleSettings, TRAEFIK_IDLE_MS } from './settings.js';

type How = 'page' | 'input' | 'end of a connection';

/** What is rounded, and what a question takes. */
const SLACK_MS = 1000;

interface Run {
  startedAt: number;
  notebook: Notebook;
}

/** Who uses which session: the model, which knows what Mooring can only ask for. */
export class Usage {
  /** By the container's uuid. */
  readonly #runs = new Map<string, Run>();
  /** When a session was used last, by its uid, in ms after the start of all. */
  readonly #last = new Map<string, { at: number; how: string; run: Notebook | undefined }>();
  /** By how much Mooring's clock has run ahead in steps that can't be told from time that passes, in ms. */
  #hurriedMs = 0;

  constructor(
    private readonly centre: DataCentre,
    private readonly settings: IdleSettings,
  ) {}

  /** The server that answers at an address. */
  notebookAt(ip: string): Notebook | undefined {
    const container = this.centre.runningAt(ip);
    return container && this.centre.answers(container) ? this.#runOf(container) : undefined;
  }

  /** The server of a session's running container. */
  notebookOf(uid: string): Notebook | undefined {
    const container = this.containerOf(uid);
    return container && this.#runOf(container);
  }

  containerOf(uid: string): ContainerRecord | undefined {
    for (const service of this.centre.services()) {
      if (sessionOf(service) !== uid) continue;
      const running = this.centre.containersOf(service).find((container) => this.centre.isRunning(container));
      if (running) return running;
    }
    return undefined;
  }

  byId(id: string): { ip: string; notebook: Notebook } | undefined {
    const container = this.centre.containers().find((each) => id === `1i${each.id}`);
    if (!container?.address || !this.centre.isRunning(container)) return undefined;
    return { ip: container.address, notebook: this.#runOf(container) };
  }

  used(uid: string, how: How): void {
    if (how === 'end of a connection' && this.settings.policy.openConnections === 'ignore') return;
    this.#last.set(uid, { at: performance.now(), how, run: this.notebookOf(uid) });
  }

  /** Somebody was answered at the front: it is for them that the session is there. */
  wished(uid: string): void {
    this.#last.set(uid, { at: performance.now(), how: 'navigation', run: undefined });
  }

  hurried(ms: number): void {
    this.#hurriedMs += ms;
  }

  /** When it was used last; undefined where nobody ever did. */
  lastUse(uid: string): number | undefined {
    return this.#last.get(uid)?.at;
  }

  /** Who uses it now, in words; undefined where nobody does. */
  of(uid: string): string | undefined {
    const notebook = this.notebookOf(uid);
    if (!notebook) return undefined;
    const now = this.presentIn(uid);
    if (now !== undefined) return now;
    const last = this.#last.get(uid);
    // What people did in an earlier run of the container is over.
    if (!last || (last.run !== undefined && last.run !== notebook)) return undefined;
    const ago = performance.now() - last.at;
    const isRecent = ago < AFTER_SECONDS * 1000 - SLACK_MS - this.#hurriedMs;
    return isRecent ? `somebody was there ${(ago / 1000).toFixed(1)} s ago (${last.how})` : undefined;
  }

  /** Who is in it at this moment. */
  presentIn(uid: string): string | undefined {
    const notebook = this.notebookOf(uid);
    if (notebook?.kernel?.busySince !== undefined) return 'a kernel is busy';
    const { openConnections } = this.settings.policy;
    const connections = notebook?.connections ?? 0;
    return openConnections === 'active' && connections > 0 ? `${connections} tabs are connected` : undefined;
  }

  /** Connections go with the run that they led to. */
  #runOf(container: ContainerRecord): Notebook {
    const startedAt = this.centre.startedAt(container);
    const known = this.#runs.get(container.uuid);
    if (known?.startedAt === startedAt) return known.notebook;
    const notebook = new Notebook(this.settings.isJupyter, TRAEFIK_IDLE_MS);
    this.#runs.set(container.uuid, { startedAt, notebook });
    return notebook;
  }

  /** Traefik's end of all connections goes away. */
  dropAll(): void {
    for (const { notebook } of this.#runs.values()) notebook.drop();
  }
}
