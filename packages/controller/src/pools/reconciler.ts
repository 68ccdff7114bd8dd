import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  AlreadyExistsError,
  ConflictError,
  type Draft,
  ImageUnknownError,
  instantiate,
  newSecret,
  type ObjectCache,
  POOL_LABEL,
  POOL_OWNER,
  SERVICE_FINALIZER,
  type Session,
  type SessionTemplate,
  type Store,
  setCondition,
  type WarmPool,
} from '@mooring/resources';
import type { Clock } from '../runtime/clock.js';
import type { Result } from '../runtime/controller.js';
import { namesItsSession, type PoolPlan, planPool } from './plan.js';

export interface PoolReconcilerOptions {
  store: Store;
  pools: ObjectCache<'WarmPool'>;
  sessions: ObjectCache<'Session'>;
  templates: ObjectCache<'SessionTemplate'>;
  clock: Clock;
}

type Blocked = { reason: string; message: string };

/** What was written comes by the watch; this is for when it has not come yet. */
const AGAIN_MS = 50;
/** How long it may take until then: who looks before it has come makes too many, and removes them again. */
const SEEN_MS = 1000;

/** Keeps a pool at its size and version. */
export class PoolReconciler {
  constructor(private readonly options: PoolReconcilerOptions) {}

  readonly reconcile = async (name: string): Promise<Result | undefined> => {
    const pool = this.options.pools.get(name);
    const members = this.#members(name);
    // A pool that is gone leaves nothing behind.
    if (!pool) return this.#removeAll(members);
    const draft = this.#draft(pool);
    const version = 'reason' in draft ? undefined : { generation: draft.spec.templateRef?.generation ?? 0, image: draft.spec.launch.image };
    const plan = planPool(pool, version, members);
    await this.#removeAll(plan.remove);
    if (!('reason' in draft)) await this.#fill(pool, draft, plan.create);
    const recorded = await this.#record(pool, draft, { plan, members: members.length });
    return recorded ? undefined : { requeueAfterMs: AGAIN_MS };
  };

  #members(pool: string): Session[] {
    return this.options.sessions.labelled(POOL_LABEL).filter(({ metadata }) => metadata.labels[POOL_LABEL] === pool);
  }

  /** The session that a new member is, but for its name; or why there can't be one. */
  #draft(pool: WarmPool): Draft<'Session'> | Blocked {
    const { name } = pool.spec.templateRef;
    const template = this.options.templates.get(name);
    if (!template) return { reason: 'NoTemplate', message: `There is no template ${name}.` };
    const known = drafts.get(template) ?? draftOf(template);
    drafts.set(template, known);
    return known;
  }

  /** Resolves when the cache shows what was made: the next look counts it. */
  async #fill(pool: WarmPool, draft: Draft<'Session'>, count: number): Promise<void> {
    const made: Session[] = [];
    for (let left = count; left > 0; left--) made.push(...(await this.#create(pool, draft)));
    const isSeen = ({ metadata: { name, uid } }: Session) =>
      this.options.sessions.waitFor(name, (session) => session.metadata.uid === uid, { timeoutMs: SEEN_MS });
    await Promise.all(made.map(isSeen));
  }

  /** None where its name is taken. */
  async #create({ metadata, spec }: WarmPool, draft: Draft<'Session'>): Promise<Session[]> {
    const name = spec.sessionName.replace('{}', randomBytes(4).toString('hex'));
    const labels = { [POOL_LABEL]: metadata.name };
    try {
      const made = { ...draft, metadata: { name, labels, finalizers: [SERVICE_FINALIZER] } };
      return [await this.options.store.create('Session', made, { secret: newSecret() })];
    } catch (error) {
      if (!(error instanceof AlreadyExistsError)) throw error;
      return [];
    }
  }

  /** Only as it was seen: one that was claimed a moment ago is somebody's. */
  async #removeAll(members: readonly Session[]): Promise<undefined> {
    for (const { metadata } of members) {
      if (metadata.deletionTimestamp !== undefined) continue;
      try {
        await this.options.store.delete('Session', metadata.name, { uid: metadata.uid, resourceVersion: metadata.resourceVersion });
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }
  }

  async #record(
    pool: WarmPool,
    draft: Draft<'Session'> | Blocked,
    { plan, members }: { plan: PoolPlan; members: number },
  ): Promise<boolean> {
    const { generation } = pool.metadata;
    const condition = 'reason' in draft ? ({ status: 'False', ...draft } as const) : fullness(pool, plan);
    const now = new Date(this.options.clock.now());
    const conditions = setCondition(pool.status.conditions, { type: 'Ready', ...condition, observedGeneration: generation }, now);
    const status = { observedGeneration: generation, replicas: members, readyReplicas: plan.ready, conditions };
    if (isDeepStrictEqual(status, pool.status)) return true;
    try {
      await this.options.store.updateStatus('WarmPool', { ...pool, status });
      return true;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }
}

/** What was found of a template last: a pool is looked at again at each change of a member, and objects never change. */
const drafts = new WeakMap<SessionTemplate, Draft<'Session'> | Blocked>();

function draftOf(template: SessionTemplate): Draft<'Session'> | Blocked {
  if (namesItsSession(template)) {
    const { name } = template.metadata;
    const message = `The template ${name} uses $(SESSION_NAME) or $(SESSION_OWNER), so its sessions can't be made before somebody asks for one.`;
    return { reason: 'TemplateNamesItsSession', message };
  }
  try {
    return instantiate(template, { name: 'pool', owner: POOL_OWNER });
  } catch (error) {
    if (error instanceof ImageUnknownError) return { reason: 'ImageUnknown', message: error.message };
    throw error;
  }
}

function fullness({ spec }: WarmPool, { ready }: PoolPlan) {
  if (ready >= spec.replicas) return { status: 'True', reason: 'Full', message: 'As many sessions wait as are wanted.' } as const;
  return { status: 'False', reason: 'Filling', message: 'Sessions are being made ready.' } as const;
}
