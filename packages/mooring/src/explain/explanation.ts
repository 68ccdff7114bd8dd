import { conditionSchema } from '@mooring/resources';
import { z } from 'zod';

const time = z.iso.datetime();

/** Why a session is in the state that it is in: what GET /explain/<session> answers. Times are RFC 3339; no secret is in it. */
export const explanationSchema = z.object({
  /** Its name. */
  session: z.string(),
  uid: z.string().optional(),
  owner: z.string().optional(),
  /** As in its status; `Gone` where only Events are left of it. */
  phase: z.string(),
  /** Whether somebody uses it; missing where nobody is asked, as of what has no idle policy. */
  verdict: z.enum(['Active', 'Quiet', 'Unknown']).optional(),
  /** Since when the verdict holds, counting only time that was observed. */
  since: time.optional(),
  /** What the verdict rests on, in a sentence. */
  why: z.string().optional(),
  /** What each source said last. */
  readings: z.array(
    z.object({
      source: z.string(),
      type: z.enum(['active', 'quiet', 'unknown']),
      /** When somebody was seen (active), or since when nobody was (quiet). */
      at: time.optional(),
      askedAt: time.optional(),
      detail: z.string(),
    }),
  ),
  /** When it is marked if nobody comes. */
  markAt: time.optional(),
  /** When a marked one ends if nobody comes, at the earliest. */
  reapAt: time.optional(),
  conditions: z.array(conditionSchema),
  /** What happened to it, the newest first. */
  events: z.array(
    z.object({
      at: time,
      type: z.enum(['Normal', 'Warning']),
      reason: z.string(),
      note: z.string(),
      readings: z.record(z.string(), z.string()),
    }),
  ),
});
export type Explanation = z.infer<typeof explanationSchema>;

/** An explanation and where it is from: a running Mooring's own, or what its store has. */
export interface Answer {
  /** When it was asked for. */
  at: string;
  from: { kind: 'running' } | { kind: 'store'; path: string; why: string };
  explanation: Explanation;
}
