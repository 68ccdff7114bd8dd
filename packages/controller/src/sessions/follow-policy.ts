import { isDeepStrictEqual } from 'node:util';
import {
  ConflictError,
  drained,
  IMPORTED_SERVICE_ANNOTATION,
  NotFoundError,
  type ObjectCache,
  type Session,
  type SessionTemplate,
  type Store,
  UNCLAIMED_LABEL,
} from '@mooring/resources';
import type { Reconcile } from '../runtime/controller.js';

export interface PolicyFollowing {
  store: Store;
  sessions: Pick<ObjectCache<'Session'>, 'get'>;
  templates: Pick<ObjectCache<'SessionTemplate'>, 'get'>;
  /** The template whose policy sessions have that were imported. */
  importsFollow?: string | undefined;
}

/**
 * Has each session's idle policy brought up to its template's before it is reconciled. Unlike all else that was copied from the template,
 * the policy is Mooring's own and changes nothing that runs. Where they are the same, nothing is written.
 */
export function followingPolicy(options: PolicyFollowing, reconcile: Reconcile): Reconcile {
  return async (name, log) => {
    const session = options.sessions.get(name);
    const changed = session && withPolicyOf(templateOf(session, options), session);
    // Whoever wrote first is told by the watch, and then it is looked at again.
    if (changed) await options.store.update('Session', changed).catch(unlessOutrun);
    return reconcile(name, log);
  };
}

function templateOf({ metadata, spec }: Session, { templates, importsFollow }: PolicyFollowing): SessionTemplate | undefined {
  const isImported = metadata.annotations[IMPORTED_SERVICE_ANNOTATION] !== undefined;
  return templates.get(spec.templateRef?.name ?? (isImported ? (importsFollow ?? '') : ''));
}

/** The session with its template's idle policy; undefined where it has that already, or is of no template. Pure. */
export function withPolicyOf(template: SessionTemplate | undefined, session: Session): Session | undefined {
  if (!template || session.metadata.deletionTimestamp !== undefined) return undefined;
  const isUnclaimed = session.metadata.labels[UNCLAIMED_LABEL] !== undefined;
  const wanted = isUnclaimed ? drained(template.spec.idlePolicy) : template.spec.idlePolicy;
  const { idlePolicy, ...rest } = session.spec;
  if (isDeepStrictEqual(idlePolicy, wanted)) return undefined;
  return { ...session, spec: { ...rest, ...(wanted && { idlePolicy: wanted }) } };
}

function unlessOutrun(error: unknown): void {
  if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
}
