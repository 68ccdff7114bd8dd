import type { Session } from '@mooring/resources';
import type { FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.js';
import { checkOrigin } from '../http/origin.js';
import { Problem } from '../http/problem.js';
import { requireCaller } from '../identity/authenticate.js';
import type { Authenticate, Evidence } from '../identity/caller.js';
import { hasRole } from '../identity/role.js';

/** Who asks, and how far they may look. */
export interface Access {
  user: string;
  /** Everybody's sessions rather than their own alone. */
  all: boolean;
  by: Evidence;
}

/** Finds out who asks. @throws a Problem: 401, 403 or 503 */
export type Admit = (request: FastifyRequest) => Promise<Access>;

/** People are let in to their own, administrators (the status role) to all. */
export function admitPeople(authenticate: Authenticate, statusRole: string | undefined): Admit {
  return async (request) => {
    const caller = await requireCaller(request, authenticate);
    return { user: caller.identity.user, all: hasRole(caller, statusRole), by: caller.by };
  };
}

const THIS_MACHINE = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Where only this machine's own people can connect, they are administrators. A page of another site that has its name point to this
 * machine (DNS rebinding) is told by the name.
 */
export const admitOperators: Admit = async (request) => {
  if (THIS_MACHINE.has(request.hostname)) return { user: 'operator', all: true, by: 'cookie' };
  throw new Problem({
    status: 403,
    code: 'foreign-host',
    title: 'Forbidden',
    detail: 'This is for people on this machine. Open it as 127.0.0.1 or localhost.',
  });
};

export interface Gate {
  admit: Admit;
  /** On one machine a script may change things with a cookie, too. */
  local: boolean;
}

/** For what changes something. @throws as `admit` and `checkOrigin` */
export async function admitChange(request: FastifyRequest, { admit, local }: Gate): Promise<Access> {
  const access = await admit(request);
  checkOrigin(request, { by: access.by, local });
  return access;
}

/** @throws a 403 Problem */
export function requireAll({ all }: Access): void {
  if (all) return;
  throw new Problem({
    status: 403,
    code: 'administrators-only',
    title: 'Forbidden',
    detail: 'Only administrators may see or change this. Ask one of them, or for the role.',
  });
}

export const mayUse = ({ user, all }: Access, { spec }: Pick<Session, 'spec'>): boolean => all || spec.owner.name === user;

/** Tells the audit that an administrator looks at everybody's sessions. */
export function noteListing(request: FastifyRequest, audit: Audit): void {
  const { all, user } = request.access;
  if (all) audit(request, { action: 'sessions.list', who: user, outcome: 'done' });
}
