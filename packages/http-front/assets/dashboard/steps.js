const ORDER = ['ServiceCreated', 'ContainerRunning', 'Reachable', 'Routed', 'Ready', 'Active', 'Marked'];
const WANTED = 'mooring.dev/wanted-at';

/** Conditions as they are written for people. */
export const CONDITION_NAMES = {
  ServiceCreated: 'Service created',
  ContainerRunning: 'Container runs',
  Reachable: 'Answers',
  Routed: 'Route seen',
  Ready: 'Ready',
  Active: 'In use',
  Marked: 'Marked as idle',
  UpToDate: 'As its template has it',
};

/** Steps of a start have a share of its time, in which they began and how long they took (0 to 1); others have none. */
const STEPS = new Set(['ServiceCreated', 'ContainerRunning', 'Reachable', 'Routed']);

const rank = ({ type }) => (ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length);

/**
 * A session's conditions in the order of a start; each step that was done since somebody last wanted the session with how long it took (in
 * seconds) and its share of the whole.
 */
export function stepsOf({ metadata, status }) {
  const began = Math.max(Date.parse(metadata.creationTimestamp), Date.parse(metadata.annotations[WANTED] ?? '') || 0);
  let before = began;
  const steps = [...status.conditions]
    .sort((a, b) => rank(a) - rank(b))
    .map((condition) => {
      const at = Date.parse(condition.lastTransitionTime);
      if (!STEPS.has(condition.type) || condition.status !== 'True' || at < before) return { condition };
      const step = { condition, from: before - began, seconds: (at - before) / 1000 };
      before = at;
      return step;
    });
  const whole = before - began;
  return steps.map(({ condition, from, seconds }) => {
    if (seconds === undefined || whole === 0) return { condition, seconds };
    return { condition, seconds, share: { from: from / whole, length: (seconds * 1000) / whole } };
  });
}
