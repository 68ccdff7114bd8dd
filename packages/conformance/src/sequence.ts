interface Step {
  state: string;
  transitioning: string;
  healthState?: string | null | undefined;
  currentScale?: number | null | undefined;
}

/** As it was seen here. */
export interface Seen extends Step {
  /** When, in milliseconds. */
  at: number;
  /** The same by a clock that stands still while this process does. */
  steadyAt: number;
}

/**
 * What lasts no longer than this may be missing where states were polled: the recordings' README says 5 ms, and a poll's
 * own request took up to as much again.
 */
const SHORT_MS = 10;

const textOf = ({ state, transitioning }: Step): string => (transitioning === 'error' ? `${state} (error)` : state);

const distinct = <T extends Step>(steps: readonly T[]): T[] =>
  steps.filter((step, index) => index === 0 || textOf(step) !== textOf(steps[index - 1] as T));

const lastsLong = (steps: readonly Seen[], index: number): boolean => {
  const [step, next] = [steps[index], steps[index + 1]];
  return step !== undefined && next !== undefined && next.steadyAt - step.steadyAt > SHORT_MS;
};

const sentence = (steps: readonly Step[]): string => steps.map(textOf).join(' -> ');

/** What is compared where an object came to rest; while it moves, these follow each other too quickly for a poll. */
const AT_REST = ['healthState', 'currentScale'] as const;

/** The recorder ended as soon as it saw the rest: health and scale may still have been those of the state before. */
const aroundRest = (last: Step, seen: readonly Step[]): readonly Step[] => {
  const first = seen.findIndex((step) => textOf(step) === textOf(last));
  return seen.filter((step, index) => index === first - 1 || textOf(step) === textOf(last));
};

const compareRest = (recorded: readonly Step[], seen: readonly Step[]): string[] => {
  const last = recorded.at(-1);
  if (last?.transitioning !== 'no') return [];
  const ours = aroundRest(last, seen);
  return AT_REST.filter((field) => last[field] !== undefined && !ours.some((step) => (step[field] ?? null) === last[field])).map(
    (field) => `${field} of ${textOf(last)} is ${String(ours.at(-1)?.[field] ?? null)} instead of ${String(last[field])}`,
  );
};

/** How many of the wanted steps came in their order; undefined where another lasted long between them. */
const follow = (wanted: readonly Step[], got: readonly Seen[]): number | undefined => {
  let next = 0;
  for (const [index, step] of got.entries()) {
    const due = wanted[next];
    if (due === undefined) return next;
    if (textOf(step) === textOf(due)) next += 1;
    else if (next > 0 && lastsLong(got, index)) return undefined;
  }
  return next;
};

/**
 * Whether the recorded states came here in their order. What came before the first and after the last isn't looked at:
 * the recorder began after the answer and ended when it had seen enough. Between them only short ones may be more. Where
 * it ended at rest, health and scale must have come to what was recorded.
 */
export const compareSequences = (recorded: readonly Step[], seen: readonly Seen[]): string[] => {
  const [wanted, got] = [distinct(recorded), distinct(seen)];
  if (follow(wanted, got) === wanted.length) return compareRest(recorded, seen);
  return [`the states are ${sentence(got)} instead of ${sentence(wanted)}`];
};
