import { type Session, STOPPED_BECAUSE_ANNOTATION } from '@mooring/resources';
import { endingOf } from './ended.js';
import type { Hands } from './hands.js';
import type { Step } from './step.js';

export type End = Extract<Step, { type: 'end' | 'giveUp' }>;

/**
 * Ends a session that nobody uses, or whose container has ended: a compare-and-swap on the very version that this was decided on, so that
 * whoever came for it meanwhile wins. Answers whether it was ended; throws ConflictError where somebody wrote first.
 */
export async function endSession(step: End, session: Session, { store, view }: Pick<Hands, 'store' | 'view'>): Promise<boolean> {
  if (step.type === 'giveUp') {
    await store.update('Session', stoppedOne(session, step.because));
    return true;
  }
  const { action, reason } = step;
  if (reason === 'Ended') {
    // An event or a list that is late or wrong ends nothing.
    await view.readBack(session);
    const [service] = view.services(session);
    if (!service || endingOf(session, service) !== action) return false;
  }
  const { name, uid, resourceVersion } = session.metadata;
  if (action === 'Delete') await store.delete('Session', name, { uid, resourceVersion });
  else await store.update('Session', stoppedOne(session));
  return true;
}

/** What an earlier stop was for says nothing of this one. */
function stoppedOne({ metadata, spec, ...rest }: Session, because?: string): Session {
  const { [STOPPED_BECAUSE_ANNOTATION]: _before, ...annotations } = metadata.annotations;
  const told = because === undefined ? annotations : { ...annotations, [STOPPED_BECAUSE_ANNOTATION]: because };
  return { ...rest, metadata: { ...metadata, annotations: told }, spec: { ...spec, running: false } };
}
