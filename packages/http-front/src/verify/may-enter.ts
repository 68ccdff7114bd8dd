import { IMPORTED_OWNER, type Session } from '@mooring/resources';
import type { Caller } from '../identity/caller.js';
import { hasRole } from '../identity/role.js';
import { sessionNames } from '../narrative/names.js';
import type { FrontSettings } from '../options.js';

/** As whom somebody goes into a session. */
export type Entrant = 'owner' | 'administrator';

/** An imported session waits for the person whose name it has. */
function isOwner({ metadata, spec }: Session, user: string, containerName: string): boolean {
  if (spec.owner.name === user) return true;
  return spec.owner.name === IMPORTED_OWNER && sessionNames(containerName, user)[0] === metadata.name;
}

/** Pure: whether somebody may go into a session; undefined: they may not. */
export function mayEnter(
  session: Session,
  caller: Caller,
  { containerName, statusRole }: Pick<FrontSettings, 'containerName' | 'statusRole'>,
): Entrant | undefined {
  if (caller.kind !== 'known') return undefined;
  if (isOwner(session, caller.identity.user, containerName)) return 'owner';
  return hasRole(caller, statusRole) ? 'administrator' : undefined;
}
