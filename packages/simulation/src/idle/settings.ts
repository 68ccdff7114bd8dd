import type { ActivitySourceName, IdlePolicy } from '@mooring/resources';
import { createRandom } from '../determinism/random.js';

/** What a site of the idle suite is like; each seed has one. */
export interface IdleSettings {
  policy: IdlePolicy;
  /** Which Traefik runs: 2 tells open connections by service, 3 doesn't. */
  traefik: 2 | 3;
  /** Whether the image is a Jupyter server, with kernels. */
  isJupyter: boolean;
  /** Whether another Traefik takes over when all trouble is over: it counts from nothing, and shows no connection that was open before. */
  handsOver: boolean;
}

/** Mooring looks so often. */
export const SCHEDULE = '*/5 * * * * *';
export const AFTER_SECONDS = 60;
export const GRACE_SECONDS = 10;
/** A new version comes before the mark. */
const UPDATE_AFTER_SECONDS = 20;
/** How long Traefik keeps a connection that nobody uses. */
export const TRAEFIK_IDLE_MS = 15_000;

interface Flavour extends Omit<IdleSettings, 'policy' | 'handsOver'> {
  sources: ActivitySourceName[];
}

const ALL: ActivitySourceName[] = ['front', 'traefik-connections', 'traefik-requests', 'jupyter', 'network', 'connections'];

const FLAVOURS: readonly (readonly [number, Flavour])[] = [
  [6, { traefik: 3, isJupyter: true, sources: ALL }],
  [5, { traefik: 2, isJupyter: true, sources: ALL }],
  /** Any image, judged by who is connected to it. */
  [5, { traefik: 3, isJupyter: false, sources: ['front', 'traefik-requests', 'connections'] }],
  /** As narrative-traefiker did. */
  [4, { traefik: 2, isJupyter: false, sources: ['front', 'traefik-connections', 'traefik-requests'] }],
];

export function settingsOf(seed: number): IdleSettings {
  const random = createRandom(seed + 2);
  const { sources, ...rest } = random.weighted(FLAVOURS);
  const isGaugeOnly = hasGaugeOnly(sources);
  return {
    ...rest,
    handsOver: isGaugeOnly && seed % 2 === 1,
    policy: {
      ...{
        afterSeconds: AFTER_SECONDS,
        updateAfterSeconds: UPDATE_AFTER_SECONDS,
        graceSeconds: GRACE_SECONDS,
        sources,
        startedOnce: random.pick(['Restart', 'Restart', 'Remove']),
      },
      action: random.pick(['Delete', 'Stop']),
      openConnections: rest.isJupyter && random.chance(30) ? 'ignore' : 'active',
      // After a restart Traefik's gauge alone can't tell for good.
      ...(isGaugeOnly || random.chance(25) ? { maxUnknownSeconds: 180 } : {}),
    },
  };
}

/** Whether only Traefik 2's gauge could say that nobody is there: it can't for who wasn't seen since it began to count. */
export const hasGaugeOnly = (sources: readonly ActivitySourceName[]): boolean =>
  !sources.includes('jupyter') && !sources.includes('connections');
