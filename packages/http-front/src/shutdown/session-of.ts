import { IMPORTED_OWNER, type Session, type Store } from '@mooring/resources';
import { sessionNames } from '../narrative/names.js';

/** The person's session: theirs under one of their names, or the imported one that waits for them under the first. */
export async function sessionOf(user: string, store: Pick<Store, 'get'>, containerName: string): Promise<Session | undefined> {
  const [first, ...longer] = await Promise.all(sessionNames(containerName, user).map((name) => store.get('Session', name)));
  const own = [first, ...longer].find((session) => session?.spec.owner.name === user);
  if (own !== undefined) return own;
  return first?.spec.owner.name === IMPORTED_OWNER ? first : undefined;
}
