import { KNOWN_ACTIONS } from '../actions.js';
import { invalid } from '../errors.js';

/** @throws ApiError 422: InvalidAction for what Rancher doesn't know, ActionNotAvailable for what the state doesn't offer */
export const checkAction = (kind: keyof typeof KNOWN_ACTIONS, action: string, available: readonly string[]): void => {
  if (!KNOWN_ACTIONS[kind].includes(action)) throw invalid('InvalidAction', 'action');
  if (!available.includes(action)) throw invalid('ActionNotAvailable', 'action');
};

/** Names are unique regardless of case (recording 03-01c). */
export const refuseTakenName = (name: string, others: readonly { name: string; state: string }[]): void => {
  const key = name.toLowerCase();
  // A name is taken until its object is removed (recording 07-18).
  if (others.some((other) => other.state !== 'removed' && other.name.toLowerCase() === key)) throw invalid('NotUnique', 'name');
};
