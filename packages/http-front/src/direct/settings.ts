import type { IdlePolicy } from '@mooring/resources';

/** How containers are asked for by their names. */
export interface DirectSettings {
  /** By a cookie; not at all where it is missing. */
  cookie?: { name: string; allowPlain: boolean };
  /** By a path: what stands before the name, without a slash at its end; not at all where it is missing. */
  path?: { prefix: string };
  /** Hosts that are for this alone; on every host where the list is empty, but only with the cookie, or below the prefix. */
  hosts: readonly string[];
  /** Entry points that a deployment may name. */
  entryPoints: readonly string[];
  tls: boolean;
  /** Where a browser is led that has no cookie, or a wrong one. */
  fallbackUrl: string;
  /** What the front serves itself where there are no hosts of its own: paths that end in `*` by prefix. */
  reserved: readonly string[];
}

/** What a new deployment gets besides what it asks for. */
export interface DeploySettings extends DirectSettings {
  idlePolicy: IdlePolicy;
  probe: { okStatus: number; timeoutSeconds: number; readyWithinSeconds: number };
}

/** Nobody's identity may begin so: whoever deploys is known to the management API only. */
export const directOwner = (user: string): string => `system:direct:${user}`;
