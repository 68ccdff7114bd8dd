/** How what tells of activity can fail. `nothing-tells`: all of it at once. */
export const BLINDINGS = [
  'nothing-tells',
  'jupyter-refuses',
  'jupyter-hangs',
  'jupyter-errors',
  'jupyter-unauthorized',
  'jupyter-html',
  'metrics-refused',
  'metrics-hang',
  'metrics-error',
  'metrics-cut',
  'metrics-partial',
  'metrics-stale',
  'execute-fails',
  'execute-cut',
] as const;
export type Blinding = (typeof BLINDINGS)[number];

/** What people do, and what happens to what tells of it. */
export type IdleEvent =
  /** They open the page, in a tab that then polls or saves by itself, or does neither. */
  | { type: 'open'; person: number; habit: Habit }
  /** They have the page for some seconds only. */
  | { type: 'peek'; person: number; seconds: number }
  /** They run a cell. */
  | { type: 'run-cell'; person: number; seconds: number }
  /** They run one and close the tab. */
  | { type: 'run-and-leave'; person: number; seconds: number }
  | { type: 'close-tabs'; person: number }
  /** Their tabs save or poll, whether or not anything answers. */
  | { type: 'background'; person: number; method: 'PUT' | 'GET' }
  | { type: 'blind'; blinding: Blinding; seconds: number };

export const HABITS = ['silent', 'polls', 'saves'] as const;
export type Habit = (typeof HABITS)[number];
