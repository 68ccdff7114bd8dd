/** What a pass over all sessions found and did, in numbers of sessions. */
export interface ReaperReport {
  /** Running sessions with an idle policy that were looked at. */
  seen: number;
  active: number;
  quiet: number;
  /** Nobody could tell whether they are used, so they were left alone. */
  unknown: number;
  /** Quiet for so long that they end after the grace, unless somebody comes. */
  marked: number;
  deleted: number;
  stopped: number;
  failed: { session: string; why: string }[];
  /** Set where the pass could not see: neither Rancher nor any source answered. A sentence. */
  problem?: string;
}
