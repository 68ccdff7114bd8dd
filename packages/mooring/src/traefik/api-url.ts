import type { Settings } from '../config/keys.js';

/** Where Traefik's API is asked which Traefik it is: as set, or with `auto` where its metrics are; undefined where it is not asked. */
export function traefikApiUrl({
  MOORING_TRAEFIK_API_URL: url,
  MOORING_ROUTES: routes,
  traefik_metrics: metrics,
}: Pick<Settings, 'MOORING_TRAEFIK_API_URL' | 'MOORING_ROUTES' | 'traefik_metrics'>): string | undefined {
  return url ?? (routes === 'auto' ? new URL(metrics).origin : undefined);
}
