import { ConflictError, type Session, type Store } from '../../packages/resources/src/index.js';
import { until } from './until.js';

/** Somebody's session as it is recorded. @throws Error where there is none */
export async function recordedOf(store: Store, user: string): Promise<Session> {
  const { items } = await store.list('Session');
  const session = items.find(({ spec }) => spec.owner.name === user);
  if (!session) throw new Error(`${user} has no session`);
  return session;
}

/** Records what the reaper does. */
export const recordStop = (store: Store, user: string): Promise<Session> =>
  until(async () => {
    const session = await recordedOf(store, user);
    return store.update('Session', { ...session, spec: { ...session.spec, running: false } }).catch((error: unknown) => {
      if (!(error instanceof ConflictError)) throw error;
      return undefined;
    });
  });
