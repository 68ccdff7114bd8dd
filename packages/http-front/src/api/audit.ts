import type { FastifyRequest } from 'fastify';

/** What somebody did to what isn't theirs alone. */
export interface Deed {
  action: 'session.create' | 'session.stop' | 'session.start' | 'session.keep' | 'session.delete' | 'pool.resize';
  who: string;
  /** Whose it was done to. */
  whose?: string;
  /** The session's name. */
  session?: string;
  outcome: 'done';
  /** It must hold no secret. */
  detail?: Readonly<Record<string, unknown>>;
}

/** Told of each change that an administrator makes. */
export type ApiAudit = (request: FastifyRequest, deed: Deed) => void;

/** A line of the request's own log. */
export const auditInLog: ApiAudit = (request, deed) => request.log.info({ ...deed, from: request.ip }, 'audit');
