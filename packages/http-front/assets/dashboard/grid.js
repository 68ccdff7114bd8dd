import { el, say } from './dom.js';
import { age, ago, count } from './format.js';
import { STATE_NAMES } from './rows.js';
import { ROW, stepOf, windowOf } from './window.js';

const COLUMNS = ['name', 'who', 'state', 'image', 'created', 'seen'];
/** Milliseconds without scrolling after which rows are put in order in the document, too: screen readers read them in that. */
const SETTLED = 150;

/** An element for a row, which shows one session after another. */
class Slot {
  index = -1;
  row = undefined;
  cells = {};

  constructor() {
    this.element = el('div.row');
    this.element.setAttribute('role', 'row');
    for (const column of COLUMNS) {
      const text = document.createTextNode('');
      const cell = el(`div.cell ${column}`);
      cell.setAttribute('role', 'gridcell');
      if (column === 'state') cell.append(el('span.dot'));
      cell.append(text);
      this.element.append(cell);
      this.cells[column] = text;
    }
  }

  write(column, text) {
    if (this.cells[column].data !== text) this.cells[column].data = text;
  }

  place(index) {
    if (this.index === index) return;
    this.index = index;
    this.element.style.transform = `translateY(${index * ROW}px)`;
    // The head is the first row.
    this.element.setAttribute('aria-rowindex', String(index + 2));
  }

  fill(row) {
    if (this.row === row) return;
    if (this.row === undefined) this.element.hidden = false;
    this.row = row;
    this.element.id = `row-${row.uid}`;
    this.element.dataset.state = row.state;
    this.element.classList.toggle('warm', row.pool !== undefined);
    this.write('name', row.name);
    this.write('who', row.who);
    this.write('image', row.image);
  }

  /** It shows nothing: its id is free for the slot that shows this session next. */
  clear() {
    if (this.row === undefined) return;
    this.index = -1;
    this.row = undefined;
    this.element.hidden = true;
    this.element.removeAttribute('id');
  }

  /** What changes though the session doesn't. */
  refresh({ now, seenAt, placeOf }) {
    const { uid, created, state } = this.row;
    const [seen, place] = [seenAt(uid), placeOf(uid)];
    this.write('state', place === undefined ? STATE_NAMES[state] : `Queued, place ${count(place)}`);
    this.write('created', age(now - created));
    this.write('seen', seen === undefined ? '–' : ago(now - seen));
  }

  select(isCurrent, isOpen) {
    const { element } = this;
    element.classList.toggle('current', isCurrent);
    if (element.getAttribute('aria-selected') !== String(isOpen)) element.setAttribute('aria-selected', String(isOpen));
  }
}

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

/** The heads, which sort. @returns shows by what it is sorted */
export function sortable(table, onSort) {
  const heads = [...table.querySelectorAll('[role="columnheader"]')];
  for (const head of heads) {
    head.querySelector('button').addEventListener('click', () => {
      const isSorted = head.getAttribute('aria-sort') === 'ascending';
      onSort({ key: head.dataset.key, descending: isSorted });
    });
  }
  return ({ key, descending }) => {
    for (const head of heads) {
      const sort = head.dataset.key === key ? (descending ? 'descending' : 'ascending') : 'none';
      head.setAttribute('aria-sort', sort);
      say(head.querySelector('.arrow'), { ascending: '↑', descending: '↓', none: '' }[sort]);
    }
  };
}
