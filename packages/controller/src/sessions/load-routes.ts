import { getCondition, type ObjectCache, type Session, type Store } from '@mooring/resources';
import type { RouteTable } from '../routes/table.js';

/**
 * Lays the routes of all that was reachable when Mooring last ran, or of which nobody could tell, before Rancher is asked: Traefik is never handed a document that
 * drops a live route, and a Rancher that is down at our start takes nobody's notebook away.
 */
export async function loadRoutes(sessions: ObjectCache<'Session'>, store: Store, table: RouteTable): Promise<void> {
  for (const { metadata, spec, status } of sessions.list()) {
    if (
      isBeingReplaced(status) ||
      !mayBeReachable(status) ||
      !status.address ||
      !spec.running ||
      metadata.deletionTimestamp ||
      spec.route.type === 'none'
    )
      continue;
    const secret = await store.secret(metadata.uid);
    if (secret !== undefined) table.set({ uid: metadata.uid, route: spec.route, secret, address: status.address });
  }
}

/** Its route was to go, or has gone, since its container is replaced. */
const isBeingReplaced = ({ conditions }: Session['status']): boolean => getCondition(conditions, 'Ready')?.reason === 'Updating';

function mayBeReachable({ conditions }: Session['status']): boolean {
  const reachable = getCondition(conditions, 'Reachable');
  return reachable !== undefined && reachable.status !== 'False';
}
