import { FRONT_HEADER } from '@mooring/resources';
import type { Defect } from '../defects/names.js';
import type { Random } from '../determinism/random.js';
import type { DataCentre } from './data-centre.js';
import type { Faults } from './faults.js';
import type { Life } from './life.js';
import type { LiveRoute, Traefik } from './traefik.js';

export const ENTRY_POINT = 'http://traefik.site';

type Target = { origin: string; path: string; headers?: Record<string, string> };
type Answer = { status: number; headers: Record<string, string | undefined>; text: string } | { error: string };

const answer = (status: number, headers: Record<string, string> = {}, text = ''): Answer => ({ status, headers, text });
const TRAEFIKS_404 = answer(404, { 'x-content-type-options': 'nosniff' }, '404 page not found\n');

export interface AskersOptions {
  centre: DataCentre;
  traefik: Traefik;
  faults: Faults;
  random: Random;
  /** What narrative_version_url answers. */
  version: () => string;
  /** Told when a request gets no answer by a fault. */
  onFault: () => void;
  /** Whether the session of a secret is to go on, for a Mooring that takes a route for gone before it is. */
  isWanted: (uid: string) => boolean;
  defect: Defect | undefined;
  /** Told of each request that Traefik leads to a session. */
  onRouted?: (route: LiveRoute) => void;
}

/** What a request over the network meets: containers, and Traefik before them. */
export class Askers {
  constructor(private readonly options: AskersOptions) {}

  /** Who asks containers and Traefik. */
  routesFor(life: Life) {
    return this.#asker(life, (target) => this.#route(target));
  }

  /** Who asks narrative_version_url. */
  versionsFor(life: Life) {
    return this.#asker(life, () => answer(200, {}, JSON.stringify({ version: this.options.version() })));
  }

  #asker(life: Life, reply: (target: Target) => Answer) {
    const ask = async (target: Target): Promise<Answer> => {
      await new Promise((resolve) => setTimeout(resolve, this.options.random.int(1, 20)));
      if (!this.options.faults.meetProbe()) return reply(target);
      this.options.onFault();
      return { error: 'ETIMEDOUT' };
    };
    return { ask: (target: Target) => life.call(() => ask(target)), close: async () => undefined };
  }

  #route({ origin, headers }: Target): Answer {
    if (origin !== ENTRY_POINT) return this.#container(new URL(origin).hostname, { error: 'ECONNREFUSED' });
    const { traefik } = this.options;
    if (!traefik.isUp) return { error: 'ECONNREFUSED' };
    if (!traefik.isLoaded) return TRAEFIKS_404;
    return this.#throughTraefik(/narrative_session=([0-9a-f]+)/.exec(headers?.cookie ?? '')?.[1] ?? '');
  }

  #throughTraefik(secret: string): Answer {
    const { traefik, defect, isWanted } = this.options;
    const route = traefik.bySecret(secret);
    const isTakenForGone = defect === 'route-taken-for-gone' && !isWanted(route?.uid ?? '');
    if (!route || isTakenForGone) return answer(503, { [FRONT_HEADER]: '1' });
    this.options.onRouted?.(route);
    const answered = this.#container(route.ip, answer(502));
    return 'error' in answered ? answer(502) : answered;
  }

  /** `notYet`: how one that runs and has not come up says so. */
  #container(ip: string, notYet: Answer): Answer {
    const { centre, defect } = this.options;
    const container = centre.runningAt(ip);
    if (!container) return { error: 'EHOSTUNREACH' };
    return defect === 'ready-unasked' || centre.answers(container) ? answer(200) : notYet;
  }
}
