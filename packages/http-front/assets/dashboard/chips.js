import { el, say, show } from './dom.js';
import { count } from './format.js';
import { STATE_NAMES, STATES } from './rows.js';

/** Always there; the others only where there is something of the kind. */
const ALWAYS = new Set(['Failed', 'Marked', 'Starting', 'Ready', 'Stopped']);

/**
 * What there is, by state; a click shows those alone.
 *
 * @param {HTMLElement} host
 * @param {(states: Set<string>) => void} onChoice
 * @returns {(counts: Record<string, number>, chosen: ReadonlySet<string>) => void} paints it
 */
export function chips(host, onChoice) {
  let shown = new Set();
  const toggle = (state) => {
    const next = new Set(shown);
    if (!next.delete(state)) next.add(state);
    onChoice(next);
  };
  const parts = STATES.map((state) => {
    const number = el('span.number');
    const button = el(
      'button.chip',
      { type: 'button', data: { state }, aria: { pressed: 'false' } },
      el('span.dot'),
      `${STATE_NAMES[state]} `,
      number,
    );
    button.addEventListener('click', () => toggle(state));
    host.append(button);
    return { state, button, number };
  });
  return (counts, chosen) => {
    shown = chosen;
    for (const { state, button, number } of parts) {
      say(number, count(counts[state]));
      show(button, ALWAYS.has(state) || counts[state] > 0 || chosen.has(state));
      const pressed = String(chosen.has(state));
      if (button.getAttribute('aria-pressed') !== pressed) button.setAttribute('aria-pressed', pressed);
    }
  };
}
