import { ApiProblem, api, sessionPath } from './api.js';
import { ask } from './ask.js';
import { containerOf } from './container.js';
import { deedOf, deedsFor, labelOf } from './deeds.js';
import { byId, el, say, show, toast } from './dom.js';
import { STATE_NAMES } from './rows.js';
import { eventsTab } from './tab-events.js';
import { filesTab } from './tab-files.js';
import { loadTab } from './tab-load.js';
import { logTab } from './tab-log.js';
import { outputTab } from './tab-output.js';
import { stateTab } from './tab-state.js';
import { useTab } from './tab-use.js';
import { tabs } from './tabs.js';

const EVERY_MS = 4_000;
const KINDS = {
  state: { label: 'State', make: stateTab },
  use: { label: 'Use', make: useTab },
  load: { label: 'Load', make: loadTab },
  files: { label: 'Files', make: filesTab },
  events: { label: 'Events', make: eventsTab },
  log: { label: 'Log', make: logTab },
  output: { label: 'Log', make: outputTab },
};
const OF_SESSIONS = ['state', 'use', 'events', 'log'];
/** Containers that run a script have a host that is asked about them, and nobody who could find them idle. */
const OF_CONTAINERS = ['state', 'load', 'files', 'events', 'output'];

/** What is told of one session, beside the table; it follows the session while it is open. */
export class Detail {
  #row;
  #kind = 'state';
  #tab;
  #turn;
  #deeds = '';

  /** @param {{ now: () => number, onClose: () => void }} parts `now`: by the server's clock */
  constructor(parts) {
    this.parts = parts;
    this.panel = byId('panel');
    const list = Object.entries(KINDS).map(([id, { label }]) => ({ id, label }));
    this.choose = tabs(byId('tabs'), this.panel, list, (kind) => this.#show(kind));
    byId('detail-close').addEventListener('click', () => parts.onClose());
    byId('detail').addEventListener('keydown', ({ key }) => key === 'Escape' && parts.onClose());
  }

  get uid() {
    return this.#row?.uid ?? '';
  }

  /** @param {object | undefined} row undefined closes it */
  open(row) {
    this.#leave();
    this.#row = row;
    show(byId('detail'), row !== undefined);
    if (row === undefined) return;
    this.#deeds = '';
    this.#head();
    this.choose(this.#kind, containerOf(row.resource) === undefined ? OF_SESSIONS : OF_CONTAINERS);
  }

  focus() {
    byId('detail-name').focus();
  }

  /** The session is another by now, or is gone. */
  update(row) {
    if (row === this.#row || this.#row === undefined) return;
    if (row === undefined) {
      clearTimeout(this.#turn);
      this.#row = { ...this.#row, state: 'Gone' };
      byId('detail').dataset.state = 'Gone';
      say(byId('detail-owner'), `${this.#row.who}, gone`);
      byId('deeds').replaceChildren();
      return;
    }
    this.#row = row;
    this.#head();
    this.#tab?.paint(row.resource);
  }

  #head() {
    const { name, who, state } = this.#row;
    byId('detail').dataset.state = state;
    say(byId('detail-name'), name);
    say(byId('detail-owner'), `${who}, ${STATE_NAMES[state].toLowerCase()}`);
    const deeds = deedsFor(this.#row);
    // Made anew only where they are others: who has one in focus keeps it.
    if (String(deeds) === this.#deeds) return;
    this.#deeds = String(deeds);
    byId('deeds').replaceChildren(...deeds.map((kind) => this.#button(kind)));
  }

  #button(kind) {
    const button = el('button', { type: 'button', data: { deed: kind } }, labelOf(kind));
    button.className = kind === 'delete' || kind === 'stop' ? 'plain' : '';
    button.addEventListener('click', () => {
      const deed = deedOf(kind, this.#row);
      ask(deed, async () => {
        await api(deed.path, deed.request);
        toast(deed.done);
      });
    });
    return button;
  }

  #show(kind) {
    this.#kind = kind;
    this.#leave();
    this.panel.replaceChildren();
    this.#tab = KINDS[kind].make(this.panel, this.parts);
    this.#tab.paint(this.#row.resource);
    void this.#look(this.#tab);
  }

  /** Nobody looks at the tab any more. */
  #leave() {
    clearTimeout(this.#turn);
    this.#tab?.close?.();
    this.#tab = undefined;
  }

  /** Asks what the tab wants to know, again and again while it is looked at. */
  async #look(tab) {
    clearTimeout(this.#turn);
    const { uid, name } = this.#row;
    const asked = tab.ask ? tab.ask(this.#row.resource) : api(sessionPath(name, tab.asks));
    const answer = await asked.catch((problem) => problem);
    if (tab !== this.#tab || this.#row?.uid !== uid || this.#row.state === 'Gone') return;
    if (answer instanceof ApiProblem) tab.fail?.(answer);
    else tab.paint(this.#row.resource, answer);
    this.#turn = setTimeout(() => this.#look(tab), EVERY_MS);
  }
}
