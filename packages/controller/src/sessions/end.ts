import type { Session } from '@mooring/resources';
import type { Hands } from './apply.js';
import { endingOf } from './ended.js';
import type { Step } from './plan.js';

export type End = Extract<Step, { type: 'end' }>;

/**
 * Ends a session that nobody uses, or whose container has ended: a compare-and-swap on the very version that this was decided on, so that
 * whoever came for it meanwhile wins. Answers whether it was ended; throws ConflictError where somebody wrote first.
 */
export async function endSession(
  { action, reason }: End,
  session: Session,
  { store, view }: Pick<Hands, 'store' | 'view'>,
): Promise<boolean> {
  if (reason === 'Ended') {
    // An event or a list that is late or wrong ends nothing.
    await view.readBack(session);
    const [service] = view.services(session);
    if (!service || endingOf(session, service) !== action) return false;
  }
  const { name, uid, resourceVersion } = session.metadata;
  if (action === 'Delete') await store.delete('Session', name, { uid, resourceVersion });
  else await store.update('Session', { ...session, spec: { ...session.spec, running: false } });
  return true;
}
