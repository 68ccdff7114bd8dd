import { z } from 'zod';
import { idlePolicySchema } from './idle-policy.js';

const time = z.iso.datetime();

/** How it stands with a session's use; missing fields aren't known. */
const idleSchema = z.object({
  policy: idlePolicySchema,
  action: z.enum(['Delete', 'Stop']),
  /** As of the last look. */
  verdict: z.enum(['active', 'quiet', 'unknown']).optional(),
  lookedAt: time.optional(),
  /** For how many seconds nobody was seen; only time that was observed counts. */
  quietSeconds: z.number().optional(),
  lastActive: z.object({ at: time, source: z.string(), detail: z.string() }).optional(),
  /** What each source last said, and when it was asked. */
  sources: z.array(z.object({ source: z.string(), said: z.string(), askedAt: time })),
  markedAt: time.optional(),
  /** If nobody comes from now on. */
  wouldBeMarkedAt: time.optional(),
  wouldEndAt: time.optional(),
});

/** Why a session is in the state that it is in: Times are RFC 3339; no secret is in it. */
export const explanationSchema = z.object({
  /** Its name. */
  session: z.string(),
  /** Missing, as is the owner, where only Events are left of it. */
  uid: z.string().optional(),
  owner: z.string().optional(),
  /** As in its status; `Gone` where only Events are left of it. */
  phase: z.string(),
  /** A sentence or two for people. */
  why: z.string(),
  conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string(), since: time })),
  /** Missing where nobody asks whether it is used. */
  idle: idleSchema.optional(),
  /** What happened to it, the newest first. */
  events: z.array(z.object({ at: time, reason: z.string(), note: z.string(), readings: z.record(z.string(), z.string()) })),
});
export type Explanation = z.infer<typeof explanationSchema>;
