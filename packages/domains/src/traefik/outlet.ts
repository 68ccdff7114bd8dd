import { MODES, readIfThere, replace } from '../files/replace.js';
import type { Known } from '../metadata/reading.js';
import type { Change, Outlet } from '../outlet.js';
import type { DomainTable } from '../table/types.js';
import { parseKept, type TraefikRoutes, traefikRoutes, withRoutes } from './routes.js';

interface TraefikOptions {
  entryPoint: string;
  /** What follows a stack's name, in small letters. */
  domain: string;
  /** Where the routes are kept: a start at which the metadata service is down takes nobody's away. */
  file: string;
  /** Hosts that lead elsewhere, in small letters. */
  hosts: ReadonlySet<string>;
}

/** Traefik instead of HAProxy: the routes go into the document that Traefik fetches. */
export class TraefikOutlet implements Outlet {
  #routes: TraefikRoutes = { routers: {}, services: {} };
  /** What was put together last, and of what. */
  #made: { from: string; routes: TraefikRoutes; document: string } | undefined;

  readonly #followers = new Set<() => void>();

  constructor(private readonly options: TraefikOptions) {}

  /** Calls when the routes have become others. */
  onChanged(follower: () => void): void {
    this.#followers.add(follower);
  }

  /** Goes on with the routes of the last run. Answers what it knew. */
  async open(): Promise<Known> {
    const kept = parseKept((await readIfThere(this.options.file)) ?? '');
    if (!kept) return { aliases: undefined, asking: 0 };
    this.#routes = kept.routes;
    return { aliases: kept.aliases, asking: Object.keys(kept.routes.routers).length };
  }

  async taken(): Promise<{ names: ReadonlySet<string>; domains: ReadonlySet<string> }> {
    return { names: new Set(), domains: this.options.hosts };
  }

  async apply(table: DomainTable): Promise<Change> {
    const routes = traefikRoutes(table, this.options.entryPoint);
    const aliases = Object.fromEntries(
      table.stacks.map(({ stack, domains }) => [stack, domains.slice(1).map((host) => this.#prefix(host))]),
    );
    const isAnother = await replace(this.options.file, `${JSON.stringify({ routes, aliases })}\n`, MODES.secret);
    if (!isAnother) return 'none';
    this.#routes = routes;
    for (const follower of this.#followers) follower();
    return 'written';
  }

  #prefix(host: string): string {
    return host.slice(0, -this.options.domain.length - 1);
  }

  /** Another's document with the routes in it; made once a change of either. */
  documentWith(document: string): string {
    if (this.#made?.from !== document || this.#made.routes !== this.#routes)
      this.#made = { from: document, routes: this.#routes, document: withRoutes(document, this.#routes) };
    return this.#made.document;
  }
}
