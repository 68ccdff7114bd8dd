import type { Caller } from './caller.js';

/** Whether somebody is known to have a role; a role that isn't configured is nobody's. */
export const hasRole = (caller: Caller, role: string | undefined): boolean =>
  role !== undefined && caller.kind === 'known' && caller.identity.roles.includes(role);
