import {
  ImageUnknownError,
  instantiate,
  POOL_LABEL,
  POOL_OWNER,
  type Session,
  type SessionTemplate,
  type WarmPool,
} from '@mooring/resources';
import { planPool, type Version } from '../pools/plan.js';

export interface SurveyedPool {
  name: string;
  /** How many are wanted, how many wait, and how many of those can be claimed now. */
  size: number;
  waiting: number;
  ready: number;
  /** The template's generation and image that members must have; missing where they aren't known. */
  version?: Version;
  /** How many would be created at once, and who would go. */
  create: number;
  remove: string[];
}

/** What the loop would do for a pool now. Pure. */
export function surveyPool(pool: WarmPool, sessions: readonly Session[], template: SessionTemplate | undefined): SurveyedPool {
  const members = sessions.filter(({ metadata }) => metadata.labels[POOL_LABEL] === pool.metadata.name);
  const version = template && versionOf(template);
  const { create, remove, ready } = planPool(pool, version, members);
  return {
    name: pool.metadata.name,
    size: pool.spec.replicas,
    waiting: members.length,
    ready,
    ...(version && { version }),
    create,
    remove: remove.map(({ metadata }) => metadata.name),
  };
}

function versionOf(template: SessionTemplate): Version | undefined {
  try {
    const { launch } = instantiate(template, { name: 'pool', owner: POOL_OWNER }).spec;
    return { generation: template.metadata.generation, image: launch.image };
  } catch (error) {
    if (error instanceof ImageUnknownError) return undefined;
    throw error;
  }
}
