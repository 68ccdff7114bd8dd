import { el } from './dom.js';
import { age, ago, count } from './format.js';
import { STATE_NAMES } from './rows.js';
import { ROW } from './window.js';

const COLUMNS = ['name', 'who', 'state', 'image', 'created', 'seen'];

/** An element for a row, which shows one session after another. */
export class Slot {
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
