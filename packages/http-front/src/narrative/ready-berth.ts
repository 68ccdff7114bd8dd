import type { Session } from '@mooring/resources';
import type { FrontOptions } from '../options.js';
import type { RouteSecrets } from '../sessions/route-secrets.js';
import { sessionNames } from './names.js';
import { isPlainlyReady } from './ready-pages.js';
import type { Berth } from './wish.js';

type Deps = Pick<FrontOptions, 'sessions' | 'settings' | 'uses' | 'now'> & { secrets: Pick<RouteSecrets, 'peek'> };

/** The berth of a person, by their name. */
export type ReadyBerths = (user: string) => Berth | undefined;

/**
 * What `recordWish` finds where nothing is to be written and nothing to be asked: the person's session is ready, and its secret is known.
 * undefined where it is otherwise; then nothing was noted.
 */
export function readyBerths({ sessions, settings, uses, now, secrets }: Deps): ReadyBerths {
  // What a session's conditions say is said again with each request; an object of the cache never changes, nor does a secret.
  const known = new WeakMap<Session, Berth>();
  const berthOf = (session: Session): Berth | undefined => {
    const before = known.get(session);
    if (before !== undefined) return before;
    const secret = isPlainlyReady(session) ? secrets.peek(session.metadata.uid) : undefined;
    if (secret === undefined) return undefined;
    const berth = { session, secret };
    known.set(session, berth);
    return berth;
  };
  return (user) => {
    for (const name of sessionNames(settings.containerName, user)) {
      const session = sessions.get(name);
      if (session?.spec.owner.name !== user) continue;
      const berth = berthOf(session);
      if (berth !== undefined) uses.note(session.metadata.uid, now());
      return berth;
    }
    return undefined;
  };
}
