import type { Session, SessionTemplate, WarmPool } from '@mooring/resources';

/** What a pool lacks and has too much of. */
export interface PoolPlan {
  create: number;
  remove: Session[];
  /** Members of the wanted version that can be claimed now. */
  ready: number;
}

/** What members must be to be claimed: the template as it is, with its image. */
export interface Version {
  generation: number;
  image: string;
}

/** Sessions are asked for in handfuls: a big pool comes up by and by, and people's own sessions come between. */
export const AT_ONCE = 5;

/**
 * What brings a pool to its size. A member of another version goes, since nobody is given one; of the others those go first that can't be
 * claimed yet. Claimed sessions are no members. Pure.
 */
export function planPool(pool: WarmPool, version: Version | undefined, members: readonly Session[]): PoolPlan {
  const present = members.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  // Without a version nobody can tell which members are good, so all stay.
  if (!version) return { create: 0, remove: pool.spec.replicas === 0 ? present : [], ready: 0 };
  const current = present.filter((session) => isOf(version, session)).sort(readyFirst);
  const outdated = present.filter((session) => !isOf(version, session));
  const surplus = current.slice(pool.spec.replicas);
  const starting = current.filter((session) => !isReady(session)).length;
  return {
    create: Math.max(0, Math.min(pool.spec.replicas - current.length, AT_ONCE - starting)),
    remove: [...outdated, ...surplus],
    ready: current.filter(isReady).length,
  };
}

const isReady = ({ status }: Session): boolean => status.phase === 'Ready';
const isOf = ({ generation, image }: Version, { spec }: Session): boolean =>
  spec.templateRef?.generation === generation && spec.launch.image === image;

/** Then the older first: their route has been live for longer. Of one moment's by name, so that two looks mean the same ones. */
function readyFirst(a: Session, b: Session): number {
  const byAge = a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp);
  return Number(isReady(b)) - Number(isReady(a)) || byAge || a.metadata.name.localeCompare(b.metadata.name);
}

/** Whether a template's sessions depend on whose they are: then none can be made before somebody asks. */
export function namesItsSession({ spec }: SessionTemplate): boolean {
  return /\$\(SESSION_(NAME|OWNER)\)/.test(JSON.stringify([spec.launch.env, spec.launch.command, spec.launch.volumes]));
}
