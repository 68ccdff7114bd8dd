import type { Service } from '@mooring/rancher-client';
import { POOL_LABEL, type Session, type SessionTemplate } from '@mooring/resources';
import { seeService } from '../sessions/seen.js';
import { type Drift, driftOf } from './drift.js';
import { type SurveyedPool, surveyPool } from './pools.js';
import { type Duplicates, duplicatesOf, type SurveyedSession, surveySession } from './sessions.js';
import { type Adoption, type Recorded, type Stray, surveyUnrecorded } from './unrecorded.js';
import type { World } from './world.js';

/** What the loop would do now, and what else is noticed. */
export interface Survey {
  sessions: SurveyedSession[];
  duplicates: Duplicates[];
  /** Sessions that would get their lost records again. */
  adoptions: Adoption[];
  /** Services of ours that are nobody's; they are left alone. */
  strays: Stray[];
  /** How many services of the stack aren't ours. */
  others: number;
  drift: Drift[];
  pools: SurveyedPool[];
}

/** What the loop would do with what is there for what is recorded. `entryPoint`: Traefik's, which labels name. Pure. */
export function survey({ objects, deleted }: Recorded, world: World, entryPoint: string): Survey {
  const { Session: sessions, SessionTemplate: templates, WarmPool: pools } = objects;
  const byName = new Map(templates.map((template) => [template.metadata.name, template]));
  return {
    ...surveySessions(sessions, world),
    ...surveyUnrecorded({ objects, deleted }, world.services),
    others: world.services.filter((service) => seeService(service).sessionUid === undefined).length,
    drift: surveyDrift(sessions, world, { byName, entryPoint }),
    pools: pools.map((pool) => surveyPool(pool, sessions, byName.get(pool.spec.templateRef.name))),
  };
}

function surveySessions(sessions: readonly Session[], { services, index }: World): Pick<Survey, 'sessions' | 'duplicates'> {
  // Rancher compares names without regard to case.
  const holders = new Map(services.map((service) => [service.name?.toLowerCase(), service]));
  const holderOf = ({ metadata }: Session): { id: string; name: string } | undefined => {
    const service = holders.get(metadata.name.toLowerCase());
    return service && seeService(service).sessionUid !== metadata.uid ? { id: service.id, name: service.name ?? '' } : undefined;
  };
  return {
    sessions: sessions.map((session) => surveySession(session, index.services(session), holderOf(session))),
    duplicates: sessions.flatMap((session) => duplicatesOf(session, index.services(session)) ?? []),
  };
}

/** What waits in a pool is not in it: there, another version is replaced. */
function surveyDrift(
  sessions: readonly Session[],
  { services, index }: World,
  { byName, entryPoint }: { byName: ReadonlyMap<string, SessionTemplate>; entryPoint: string },
): Drift[] {
  const byId = new Map<string, Service>(services.map((service) => [service.id, service]));
  return sessions.flatMap((session) => {
    const service = byId.get(index.services(session)[0]?.id ?? '');
    const template = byName.get(session.spec.templateRef?.name ?? '');
    const counts = session.metadata.labels[POOL_LABEL] === undefined && session.metadata.deletionTimestamp === undefined;
    return (counts && service && template && driftOf(session, service, template, entryPoint)) || [];
  });
}
