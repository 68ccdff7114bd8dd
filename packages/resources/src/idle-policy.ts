import { z } from 'zod';

/** Who can tell whether a session is used; see the controller's `activity/`. */
export const ACTIVITY_SOURCES = ['front', 'traefik-connections', 'traefik-requests', 'jupyter', 'network', 'connections'] as const;
export type ActivitySourceName = (typeof ACTIVITY_SOURCES)[number];

/** When nobody uses a session any more, and what becomes of it then. Times are in seconds. */
export const idlePolicySchema = z.strictObject({
  /** So long nobody must have been seen using it. */
  afterSeconds: z.int().min(1),
  /** Delete: it goes, service and all. Stop: its service is deactivated; container and volumes wait for the next navigation. */
  action: z.enum(['Delete', 'Stop']).default('Delete'),
  /** From the mark to the end; whoever comes meanwhile undoes the mark. */
  graceSeconds: z.int().min(0).default(60),
  /** Whether a connection that is open and silent counts as somebody's. */
  openConnections: z.enum(['active', 'ignore']).default('active'),
  /** Whose word counts. */
  sources: z
    .array(z.enum(ACTIVITY_SOURCES))
    .min(1)
    .default([...ACTIVITY_SOURCES]),
  /** The longest that a session is kept of which nobody can tell whether it is used; without it, it is kept for as long as nobody can. */
  maxUnknownSeconds: z.int().min(1).optional(),
  /**
   * So long nobody must have been seen using it before a new version of its template replaces what runs; without it that waits until
   * somebody asks for it, or for the next start.
   */
  updateAfterSeconds: z.int().min(1).optional(),
  /** What becomes of a session whose container has ended by itself and is not restarted by Rancher (`started-once`). */
  startedOnce: z.enum(['Restart', 'Remove']).default('Restart'),
});
export type IdlePolicy = z.infer<typeof idlePolicySchema>;

const UNCLAIMED_AFTER_SECONDS = 3600;

/** What nobody had claimed as far as is known, and nobody is given, goes when nobody is seen using it, whatever its template says. */
export const drained = (policy: IdlePolicy | undefined): IdlePolicy => ({
  ...idlePolicySchema.parse({ afterSeconds: UNCLAIMED_AFTER_SECONDS }),
  ...policy,
  action: 'Delete',
});
