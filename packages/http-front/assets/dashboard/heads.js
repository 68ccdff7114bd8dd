import { say } from './dom.js';

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
