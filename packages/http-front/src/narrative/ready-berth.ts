import type { FrontOptions } from '../options.js';
import type { RouteSecrets } from '../sessions/route-secrets.js';
import { sessionNames } from './names.js';
import { isPlainlyReady } from './ready-pages.js';
import type { Berth } from './wish.js';

type Deps = Pick<FrontOptions, 'sessions' | 'settings' | 'uses' | 'now'> & { secrets: Pick<RouteSecrets, 'peek'> };

/**
 * What `recordWish` finds where nothing is to be written and nothing to be asked: the person's session is ready, and its secret is known.
 * undefined where it is otherwise; then nothing was noted.
 */
export function readyBerth(user: string, { sessions, settings, uses, now, secrets }: Deps): Berth | undefined {
  for (const name of sessionNames(settings.containerName, user)) {
    const session = sessions.get(name);
    if (session?.spec.owner.name !== user) continue;
    const secret = isPlainlyReady(session) ? secrets.peek(session.metadata.uid) : undefined;
    if (secret === undefined) return undefined;
    uses.note(session.metadata.uid, now());
    return { session, secret };
  }
  return undefined;
}
