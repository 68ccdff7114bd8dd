import { randomUUID } from 'node:crypto';
import { noteSecret } from '../../leaks/watch.js';
import type { ImageManifest } from '../../packages/local-rancher/src/index.js';
import { type DataCentre, KEY, openDataCentre } from './data-centre.js';
import { freeBase } from './mooring.js';
import { Person } from './person.js';
import { type RunningServe, type ServePorts, startServe } from './serve.js';
import { Site } from './site.js';

export const HOST = 'narrative.example.org';
export const ROUTE_TOKEN = 'e2e-route-token-0123456789abcdef';
noteSecret(ROUTE_TOKEN);
/** What a browser sends when somebody opens a page. */
export const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** A site as an operator has it, all of it but Traefik, and the environment variables that lead Mooring to it. */
export class Operator {
  readonly site = new Site();
  /** Its containers have it in their environment, and no other site's. */
  readonly serviceToken = `from-the-operator-${randomUUID()}`;
  readonly #served: RunningServe[] = [];

  private constructor(
    readonly ports: ServePorts & { entry: number; management: number },
    readonly centre: DataCentre,
  ) {}

  /** With a Rancher that knows these images beside the demo's. */
  static async open(images: ImageManifest = {}): Promise<Operator> {
    const base = await freeBase();
    const ports = { entry: base, management: base + 1, front: base + 2, internal: base + 3 };
    const operator = new Operator(ports, await openDataCentre(base + 4, images));
    noteSecret(operator.serviceToken);
    await operator.site.open();
    return operator;
  }

  /** As narrative-traefiker's are, with what Mooring adds for Traefik 3. */
  get environment(): Record<string, string> {
    return {
      ...this.site.environment,
      hostname: HOST,
      image_name: 'mooring/demo',
      num_prespawn: '0',
      rancher_url: this.centre.gate.url,
      rancher_user: KEY.access,
      rancher_password: KEY.secret,
      rancher_meta: `${this.centre.metadataUrl}/`,
      NARRENV_SERVICE_TOKEN: this.serviceToken,
      MOORING_ROUTES: 'http',
      MOORING_FRONT_URL: `http://127.0.0.1:${this.ports.front}`,
      MOORING_TRAEFIK_URL: `http://127.0.0.1:${this.ports.entry}`,
      MOORING_TRAEFIK_API_URL: `http://127.0.0.1:${this.ports.management}`,
      MOORING_TRAEFIK_TOKEN: ROUTE_TOKEN,
      log_level: 'debug',
    };
  }

  /** Starts `mooring serve`; `changes` go over the environment, and take away what they name as undefined. */
  async serve(changes: Record<string, string | undefined> = {}, data?: string): Promise<RunningServe> {
    const environment = Object.entries({ ...this.environment, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const running = await startServe(this.ports, Object.fromEntries(environment), data);
    this.#served.push(running);
    return running;
  }

  /** Somebody who is signed in at the site, with a browser that goes through Traefik. */
  signedIn(user: string, headers: Record<string, string> = { host: HOST }): Person {
    const person = new Person(`http://127.0.0.1:${this.ports.entry}`, user, headers);
    const token = `TOKEN-OF-${user.toUpperCase()}`;
    noteSecret(token);
    this.site.tokens.set(token, user);
    person.cookies.set('kbase_session', token);
    return person;
  }

  async close(): Promise<void> {
    for (const running of this.#served) await running.dispose();
    await this.site.close();
    await this.centre.close();
  }
}
