import { Slot } from './slot.js';
import { ROW, stepOf, windowOf } from './window.js';

/** Milliseconds without scrolling after which rows are put in order in the document, too: screen readers read them in that. */
const SETTLED = 150;

/** The table: as many rows as are seen, of however many there are. */
export class Grid {
  #view = [];
  #slots = [];
  /** The uids of the row that the keys move, and of the session that is shown beside. */
  #current = '';
  #open = '';
  #scheduled = false;
  #settling;
  #height = 0;

  /** @param {{ table: HTMLElement, rows: HTMLElement, times: () => object, onOpen: (uid: string) => void }} parts */
  constructor({ table, rows, times, onOpen }) {
    Object.assign(this, { table, rows, times, onOpen });
    table.addEventListener('scroll', () => this.schedule(), { passive: true });
    table.addEventListener('keydown', (event) => this.#key(event));
    rows.addEventListener('click', ({ target }) => this.#click(target.closest('.row')));
    new ResizeObserver(([{ contentRect }]) => {
      this.#height = contentRect.height;
      this.schedule();
    }).observe(table);
  }

  show(view) {
    if (view !== this.#view) {
      this.#view = view;
      this.rows.style.height = `${view.length * ROW}px`;
      this.table.setAttribute('aria-rowcount', String(view.length + 1));
    }
    this.schedule();
  }

  /** @param {string} uid of the session that is shown beside; empty where none is */
  mark(uid) {
    this.#open = uid;
    if (uid !== '') this.#current = uid;
    this.schedule();
  }

  /** Scrolls to where a session is, if it isn't seen. */
  reveal(uid) {
    const index = this.#view.findIndex((row) => row.uid === uid);
    if (index < 0) return;
    const { table } = this;
    const [top, seen] = [index * ROW, this.#height - ROW];
    if (top < table.scrollTop) table.scrollTop = top;
    else if (top + ROW > table.scrollTop + seen) table.scrollTop = top + ROW - seen;
  }

  schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#paint();
    });
  }

  #paint() {
    const { scrollTop: top } = this.table;
    const { from, to } = windowOf({ top, height: this.#height, count: this.#view.length });
    while (this.#slots.length < to - from) this.#add();
    const size = this.#slots.length;
    const times = this.times();
    let current = '';
    for (let index = from; index < from + size; index += 1) {
      const slot = this.#slots[index % size];
      if (index >= to) {
        slot.clear();
        continue;
      }
      slot.place(index);
      slot.fill(this.#view[index]);
      slot.refresh(times);
      slot.select(slot.row.uid === this.#current, slot.row.uid === this.#open);
      if (slot.row.uid === this.#current) current = slot.element.id;
    }
    if (current === '') this.table.removeAttribute('aria-activedescendant');
    else this.table.setAttribute('aria-activedescendant', current);
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle(), SETTLED);
  }

  #add() {
    const slot = new Slot();
    this.#slots.push(slot);
    this.rows.append(slot.element);
  }

  #settle() {
    const inOrder = [...this.#slots].sort((a, b) => a.index - b.index).map(({ element }) => element);
    inOrder.forEach((element, at) => {
      if (this.rows.children[at] !== element) this.rows.insertBefore(element, this.rows.children[at] ?? null);
    });
  }

  #key(event) {
    if (event.target !== this.table || event.altKey || event.ctrlKey || event.metaKey) return;
    const index = this.#view.findIndex(({ uid }) => uid === this.#current);
    if ((event.key === 'Enter' || event.key === ' ') && index >= 0) {
      event.preventDefault();
      this.onOpen(this.#current);
      return;
    }
    const next = stepOf(event.key, { index, count: this.#view.length, page: Math.max(1, Math.floor(this.#height / ROW) - 2) });
    if (next === undefined) return;
    event.preventDefault();
    this.#current = this.#view[next].uid;
    this.reveal(this.#current);
    this.schedule();
  }

  #click(element) {
    const slot = element && this.#slots.find((each) => each.element === element);
    if (!slot) return;
    this.#current = slot.row.uid;
    this.onOpen(slot.row.uid);
  }
}
