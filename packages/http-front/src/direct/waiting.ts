import type { ObjectCache, Session } from '@mooring/resources';
import { Problem } from '../http/problem.js';

type Watched = Pick<ObjectCache<'Session'>, 'get' | 'subscribe'>;

/** Requests that are held at once; each keeps a connection. */
const MOST_HELD = 2_000;
let held = 0;

/** The session once it is as it is to be, or undefined where it is gone; as it is when time is up. */
export function untilSession(
  sessions: Watched,
  { metadata: { name, uid } }: Session,
  isDone: (session: Session) => boolean,
  { ms, signal }: { ms: number; signal?: AbortSignal | undefined },
): Promise<Session | undefined> {
  if (held >= MOST_HELD)
    throw new Problem({
      status: 503,
      code: 'too-many-held',
      title: 'Service Unavailable',
      detail: 'Too many requests wait already. Ask again without Prefer.',
      retryAfter: 2,
    });
  held += 1;
  return new Promise<Session | undefined>((resolve) => {
    const current = (): Session | undefined => {
      const session = sessions.get(name);
      return session?.metadata.uid === uid ? session : undefined;
    };
    const end = (): void => {
      unsubscribe();
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      held -= 1;
      resolve(current());
    };
    const look = (): void => {
      const session = current();
      if (session === undefined ? sawIt : isDone(session)) end();
      else sawIt ||= session !== undefined;
    };
    // What was written a moment ago may not be in the cache yet.
    let sawIt = false;
    const timer = setTimeout(end, ms);
    const unsubscribe = sessions.subscribe(({ object }) => object.metadata.name === name && look());
    signal?.addEventListener('abort', end, { once: true });
    look();
  });
}
