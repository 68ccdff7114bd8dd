/** A state, and whether it is passing, done or failing. */
export interface Step {
  state: string;
  transitioning: string;
}

/** As it was seen here: `at` in milliseconds. */
export interface Seen extends Step {
  at: number;
}

/** What lasts no longer than this may be missing where states were polled (the recordings' README says 5 ms; a poll takes some more). */
const SHORT_MS = 25;

const textOf = ({ state, transitioning }: Step): string => (transitioning === 'error' ? `${state} (error)` : state);

const distinct = <T extends Step>(steps: readonly T[]): T[] =>
  steps.filter((step, index) => index === 0 || textOf(step) !== textOf(steps[index - 1] as T));

const lastsLong = (steps: readonly Seen[], index: number): boolean => {
  const [step, next] = [steps[index], steps[index + 1]];
  return step !== undefined && next !== undefined && next.at - step.at > SHORT_MS;
};

const sentence = (steps: readonly Step[]): string => steps.map(textOf).join(' -> ');

/**
 * Whether the recorded states came here in their order. What came before the first and after the last isn't looked at:
 * the recorder began after the answer and ended when it had seen enough. Between them only short ones may be more.
 */
export const compareSequences = (recorded: readonly Step[], seen: readonly Seen[]): string[] => {
  const [wanted, got] = [distinct(recorded), distinct(seen)];
  const begin = got.findIndex((step) => wanted[0] !== undefined && textOf(step) === textOf(wanted[0]));
  const wrong = `the states are ${sentence(got)} instead of ${sentence(wanted)}`;
  let next = 0;
  for (const [index, step] of got.entries()) {
    const due = wanted[next];
    if (index < begin || due === undefined) continue;
    if (textOf(step) === textOf(due)) next += 1;
    else if (lastsLong(got, index)) return [wrong];
  }
  return begin < 0 || next < wanted.length ? [wrong] : [];
};
