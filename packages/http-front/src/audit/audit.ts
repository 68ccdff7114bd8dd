import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** What administrators do, and those who call for them by a timer. */
type AuditAction =
  | 'session.create'
  | 'session.stop'
  | 'session.start'
  | 'session.keep'
  | 'session.update'
  | 'session.delete'
  | 'session.log'
  | 'session.shutdown'
  | 'session.enter'
  | 'sessions.list'
  | 'pool.resize'
  | 'reaper.run';

/** `failed`: it was tried and could not be done, or not all of it. */
export type AuditOutcome = 'done' | 'refused' | 'not-found' | 'failed';

export interface Deed {
  action: AuditAction;
  /** Who did it; undefined where only the address tells. */
  who: string | undefined;
  /** Whose it was done to. */
  whose?: string;
  /** The session's name. */
  session?: string;
  outcome: AuditOutcome;
  /** How much of it was done, or why it wasn't; it must hold no secret. */
  detail?: Readonly<Record<string, unknown>>;
}

/** Writes one line of the audit; the address is the request's. */
export type Audit = (request: FastifyRequest, deed: Deed) => void;

/**
 * The audit's own logger, `component: audit`. Its lines are written at every level of the log but `silent`: what an administrator does is
 * no matter of how much somebody wants to read.
 */
export const auditLogger = (logger: Logger): Logger =>
  logger.child({ component: 'audit' }, { level: logger.level === 'silent' ? 'silent' : 'info' });

export function createAudit(logger: Logger): Audit {
  return ({ ip, id }, { action, who, whose, session, outcome, detail }) => {
    const said = { action, who, whose, session, outcome, from: ip, reqId: id, ...(detail && { detail }) };
    logger.info(said, 'audit');
  };
}

/** The same for what happens many times a second: each deed of somebody's is told once in `everyMs`. */
export function auditSeldom(audit: Audit, { everyMs, now, capacity }: { everyMs: number; now: () => number; capacity: number }): Audit {
  const told = new Map<string, number>();
  return (request, deed) => {
    const key = JSON.stringify([deed.action, deed.who, deed.session, deed.outcome, request.ip]);
    const last = told.get(key);
    if (last !== undefined && now() - last < everyMs) return;
    // The oldest first: a key that is told again goes to the end.
    told.delete(key);
    told.set(key, now());
    const [oldest] = told.keys();
    if (told.size > capacity && oldest !== undefined) told.delete(oldest);
    audit(request, deed);
  };
}
