/** What is simulated: the loop under all its faults; or who uses the sessions, what tells of it, and what becomes of them. */
export const SUITES = ['loop', 'idle'] as const;
export type Suite = (typeof SUITES)[number];
