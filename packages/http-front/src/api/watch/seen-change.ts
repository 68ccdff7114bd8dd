import type { CacheEvent, Session } from '@mooring/resources';
import type { SessionResource } from '../schemas/session.js';
import { resourceOf } from '../sessions/resource.js';

/** A change as somebody sees it who may see, or asked for, only some of the sessions. */
export interface SeenChange {
  type: CacheEvent['type'];
  object: SessionResource;
}

/** What a change looks like to one who sees only what `sees` lets through: what comes into sight is ADDED, what leaves it DELETED. Pure. */
export function seenChange({ type, object, before }: CacheEvent<'Session'>, sees: (session: Session) => boolean): SeenChange | undefined {
  const did = type !== 'ADDED' && sees(before ?? object);
  const does = type !== 'DELETED' && sees(object);
  if (!did && !does) return undefined;
  if (did && does) return { type: 'MODIFIED', object: resourceOf(object) };
  return { type: does ? 'ADDED' : 'DELETED', object: resourceOf(object) };
}

/** Two changes of one object as one; undefined where nothing is left of them. Pure. */
export function merged(first: SeenChange | undefined, second: SeenChange): SeenChange | undefined {
  if (first === undefined) return second;
  if (first.type === 'ADDED') return second.type === 'DELETED' ? undefined : { ...second, type: 'ADDED' };
  if (first.type === 'DELETED' && second.type === 'ADDED') return { ...second, type: 'MODIFIED' };
  return second;
}
