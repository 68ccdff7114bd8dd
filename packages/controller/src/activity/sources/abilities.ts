import type { ActivitySourceName, Session } from '@mooring/resources';
import { jupyterProblem } from './jupyter-api.js';

/** What one source can tell of a session, as far as it is configured; what it meets in fact its readings say. */
export interface Ability {
  source: ActivitySourceName;
  /** `use`: that somebody used it, but never that nobody did. */
  sees: 'use' | 'use and quiet' | 'nothing';
  /** A clause for people. */
  why: string;
}

type Verdict = Omit<Ability, 'source'>;

const NO_ROUTE: Verdict = { sees: 'nothing', why: 'Traefik does not lead to a session without a route' };

const ABILITIES: Readonly<Record<ActivitySourceName, (session: Session) => Verdict>> = {
  front: () => ({ sees: 'use', why: 'most requests do not come to the front' }),
  'traefik-connections': ({ spec }) =>
    spec.route.type === 'none' ? NO_ROUTE : { sees: 'use and quiet', why: 'with Traefik 2, once it has shown a connection' },
  'traefik-requests': ({ spec }) =>
    spec.route.type === 'none' ? NO_ROUTE : { sees: 'use', why: 'an open websocket is no request until it closes' },
  jupyter: (session) => {
    const problem = jupyterProblem({ session });
    if (problem !== undefined) return { sees: 'nothing', why: problem };
    return { sees: 'use and quiet', why: `where a Jupyter server answers at ${session.spec.probe.path}` };
  },
  network: ({ spec }) =>
    spec.idlePolicy?.openConnections === 'ignore'
      ? { sees: 'use and quiet', why: "where Rancher's agent counts the container's traffic" }
      : { sees: 'use', why: 'a silent connection moves next to nothing' },
  connections: () => ({ sees: 'use and quiet', why: 'where the image has cat, and Rancher runs commands in containers' }),
};

/**
 * What each source of the session's policy can tell of it. Pure.
 *
 * @param available the sources that can be asked here
 */
export function abilitiesOf(session: Session, available: readonly ActivitySourceName[]): Ability[] {
  const wanted = session.spec.idlePolicy?.sources ?? [];
  return wanted.map((source) => {
    if (!available.includes(source)) return { source, sees: 'nothing', why: 'it is not configured here' };
    return { source, ...ABILITIES[source](session) };
  });
}

/** Whether anybody could ever say that nobody uses the session: if not, it is kept until its policy's maxUnknownSeconds. */
export const canBeJudged = (abilities: readonly Ability[]): boolean => abilities.some(({ sees }) => sees === 'use and quiet');
