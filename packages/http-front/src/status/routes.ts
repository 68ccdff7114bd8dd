import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.js';
import type { Authenticate, Caller } from '../identity/caller.js';
import { hasRole } from '../identity/role.js';
import type { FrontOptions } from '../options.js';
import { type NarrativeService, narrativeService } from './service.js';

export interface StatusRoutesOptions {
  front: Pick<FrontOptions, 'sessions' | 'settings' | 'uses' | 'lastActive' | 'about' | 'now'>;
  authenticate: Authenticate;
  audit: Audit;
}

/** What is answered to everybody, and to people with the status role the sessions, too. */
interface NarrativeStatus {
  /** RFC 3339, in UTC. */
  timestamp: string;
  version: string;
  git_hash: string;
  narrative_services?: NarrativeService[];
}

const UNKNOWN = 'not available';

function latest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function servicesOf({ sessions, settings, uses, lastActive }: StatusRoutesOptions['front']): NarrativeService[] {
  const { containerName } = settings;
  const lastUse = (uid: string) => latest(uses.last(uid), lastActive?.(uid));
  return sessions
    .list()
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((session) => narrativeService(session, { containerName, lastUse }));
}

function statusFor(caller: Caller, front: StatusRoutesOptions['front']): NarrativeStatus {
  const { about, settings, now } = front;
  return {
    timestamp: new Date(now()).toISOString(),
    version: about?.version ?? UNKNOWN,
    git_hash: about?.commit ?? UNKNOWN,
    ...(hasRole(caller, settings.statusRole) && { narrative_services: servicesOf(front) }),
  };
}

/** GET /narrative_status/: that we are here, and to operators what runs. It is answered from memory. */
export function statusRoutes({ front, authenticate, audit }: StatusRoutesOptions) {
  const handle = async (request: FastifyRequest) => {
    const caller = await authenticate(request);
    const status = statusFor(caller, front);
    if (caller.kind === 'known' && status.narrative_services !== undefined)
      audit(request, { action: 'sessions.list', who: caller.identity.user, outcome: 'done' });
    return status;
  };
  return async (scope: FastifyInstance): Promise<void> => {
    for (const path of ['/narrative_status', '/narrative_status/']) scope.get(path, { config: { door: 'status' } }, handle);
  };
}
