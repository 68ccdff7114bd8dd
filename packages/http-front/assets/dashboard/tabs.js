import { el } from './dom.js';

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/**
 * Tabs as the ARIA practices have them: arrows move, and show at once.
 *
 * @param {HTMLElement} host of the role `tablist`
 * @param {HTMLElement} panel
 * @param {{ id: string, label: string }[]} tabs
 * @param {(id: string) => void} onShow
 */
export function tabs(host, panel, tabs, onShow) {
  const buttons = tabs.map(({ id, label }) => {
    const button = el('button', { type: 'button', id: `tab-${id}`, aria: { controls: panel.id } }, label);
    button.setAttribute('role', 'tab');
    button.addEventListener('click', () => choose(id));
    host.append(button);
    return button;
  });
  function choose(id) {
    for (const button of buttons) {
      const isChosen = button.id === `tab-${id}`;
      button.setAttribute('aria-selected', String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    }
    panel.setAttribute('aria-labelledby', `tab-${id}`);
    onShow(id);
  }
  host.addEventListener('keydown', ({ key, target }) => {
    const step = STEPS[key];
    if (step === undefined) return;
    const next = (buttons.indexOf(target) + step + tabs.length) % tabs.length;
    buttons[next].focus();
    choose(tabs[next].id);
  });
  return choose;
}
