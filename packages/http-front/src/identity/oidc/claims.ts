import { z } from 'zod';
import type { Identity } from '../identity.js';

export type Claims = Readonly<Record<string, unknown>>;

export interface ClaimNames {
  /** The claim that names the person: a stable, unique name, such as `sub`. */
  user: string;
  /** The claim that holds their roles, a list or words in one string. */
  roles: string;
}

const recordSchema = z.record(z.string(), z.unknown());
const userSchema = z.string().min(1).max(256);
const rolesSchema = z.union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter((role) => role !== ''))]);

/** A claim by its name, or by a path of names with dots between them (Keycloak's `realm_access.roles`). */
export function claimNamed(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  const dot = name.indexOf('.');
  if (dot < 0) return undefined;
  const inner = recordSchema.safeParse(Object.hasOwn(claims, name.slice(0, dot)) ? claims[name.slice(0, dot)] : undefined);
  return inner.success ? claimNamed(inner.data, name.slice(dot + 1)) : undefined;
}

/** undefined where the claims name nobody. Roles that can't be read are none. */
export function identityOf(claims: Claims, names: ClaimNames): Identity | undefined {
  const user = userSchema.safeParse(claimNamed(claims, names.user));
  const roles = rolesSchema.safeParse(claimNamed(claims, names.roles));
  return user.success ? { user: user.data, roles: roles.data ?? [] } : undefined;
}
