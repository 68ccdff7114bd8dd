import { el } from './dom.js';

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

const idOf = (button) => button.id.slice('tab-'.length);

/**
 * Tabs as the ARIA practices have them: arrows move, and show at once.
 *
 * @param {HTMLElement} host of the role `tablist`
 * @param {HTMLElement} panel
 * @param {{ id: string, label: string }[]} tabs
 * @param {(id: string) => void} onShow
 * @returns {(id: string, offered: string[]) => void} shows one of those that are offered; the first where it isn't
 */
export function tabs(host, panel, tabs, onShow) {
  const buttons = tabs.map(({ id, label }) => {
    const button = el('button', { type: 'button', id: `tab-${id}`, aria: { controls: panel.id } }, label);
    button.setAttribute('role', 'tab');
    button.addEventListener('click', () => choose(id));
    host.append(button);
    return button;
  });
  let shown = buttons;
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
    const next = shown[(shown.indexOf(target) + step + shown.length) % shown.length];
    next.focus();
    choose(idOf(next));
  });
  return (id, offered) => {
    shown = offered.map((each) => buttons[tabs.findIndex((tab) => tab.id === each)]);
    for (const button of buttons) button.hidden = !shown.includes(button);
    // What is read first comes first.
    host.append(...shown);
    choose(offered.includes(id) ? id : offered[0]);
  };
}
