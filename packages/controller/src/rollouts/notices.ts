import { isEnd, isFinished, type Rollout, type RolloutService, type RolloutServicePhase } from '@mooring/resources';
import { summaryOf } from './plan.js';

/** What is told to those who wait for it: of a service that came to an end, or of the whole. No secret is in it: a Rollout holds none. */
export interface Notice {
  about: 'service' | 'rollout';
  level: 'good' | 'danger';
  rollout: string;
  image: string;
  service?: { environment: string; name: string; from: readonly string[] };
  /** The phase that was reached. */
  phase: string;
  /** A sentence for people. */
  text: string;
}

/** What is left out is no news: nothing was done there. */
const LEVELS: Partial<Record<RolloutServicePhase, Notice['level']>> = {
  Upgraded: 'good',
  Held: 'danger',
  RolledBack: 'danger',
  Failed: 'danger',
};

/** What is to be told of a status that was written, and the one before it. Pure. */
export function noticesOf(before: Rollout, after: Rollout): Notice[] {
  const wasAt = new Map(before.status.services.map((service) => [keyOf(service), service.phase]));
  const services = after.status.services.flatMap((service) => {
    const was = wasAt.get(keyOf(service));
    return (was === undefined || !isEnd(was)) && isEnd(service.phase) ? serviceNotice(after, service) : [];
  });
  return isFinished(after) && !isFinished(before) ? [...services, rolloutNotice(after)] : services;
}

const keyOf = ({ environment, id }: RolloutService): string => `${environment.id}/${id}`;

function serviceNotice({ metadata, spec }: Rollout, { environment, name, from, phase, message }: RolloutService): Notice[] {
  const level = LEVELS[phase];
  if (level === undefined) return [];
  const service = { environment: environment.name, name, from };
  const text = `${name} in ${environment.name}: ${phase}. ${message}`;
  return [{ about: 'service', level, rollout: metadata.name, image: spec.image, service, phase, text }];
}

function rolloutNotice({ metadata, spec, status }: Rollout): Notice {
  const level = status.phase === 'Complete' ? 'good' : 'danger';
  const text = `Rollout of ${spec.image}: ${status.phase}. ${summaryOf(status.services)}`;
  return { about: 'rollout', level, rollout: metadata.name, image: spec.image, phase: status.phase, text };
}
