import { ConflictError, NotFoundError, type ObjectCache, type Session, type Store, setCondition } from '@mooring/resources';
import type { Clock } from '../runtime/clock.js';
import type { Reconcile } from '../runtime/controller.js';

export interface UnobservedOptions {
  store: Store;
  sessions: ObjectCache<'Session'>;
  clock: Clock;
}

const MESSAGE = 'Rancher has not answered yet. What you asked for is kept, and goes on when it does.';

/** What a Session that nobody has looked at yet is told while Rancher is out of reach; one that was looked at keeps its status. */
function describeUnobserved({ metadata, status }: Session, now: Date): Session['status'] {
  const said = { reason: 'RancherUnavailable', message: MESSAGE, observedGeneration: metadata.generation };
  const created = setCondition([], { type: 'ServiceCreated', status: 'Unknown', ...said }, now);
  return { ...status, conditions: setCondition(created, { type: 'Ready', status: 'False', ...said }, now) };
}

/** Stands in for the real reconciler until Rancher was seen whole: decides nothing, and lets nobody wait without a reason. */
export function reconcileUnobserved({ store, sessions, clock }: UnobservedOptions): Reconcile {
  return async (name) => {
    const session = sessions.get(name);
    if (!session || session.status.conditions.length > 0) return undefined;
    try {
      await store.updateStatus('Session', { ...session, status: describeUnobserved(session, new Date(clock.now())) });
    } catch (error) {
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
    }
    return undefined;
  };
}
