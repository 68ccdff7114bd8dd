import { api } from './api.js';
import { CONTAINERS, containerPath, filePath } from './container.js';
import { el, say, show } from './dom.js';
import { count } from './format.js';

/** Docker's numbers. */
const KINDS = ['changed', 'added', 'deleted'];
const DELETED = 2;
/** More are a download as a whole. */
const MOST = 500;

function item(resource, { Path: path, Kind: kind }) {
  const name = kind === DELETED ? el('span', {}, path) : el('a', { href: filePath(resource, path), download: '' }, path);
  return el('li', { data: { kind: KINDS[kind] } }, name, ' ', el('span.by', {}, KINDS[kind]));
}

/** What a container's work has made of its files; each is a download, and all of them are one. */
export function filesTab(panel) {
  const [note, list, whole] = [el('p.measure'), el('ul.files'), el('a', { download: '' }, 'All of them as a tar')];
  panel.append(note, whole, list);
  show(whole, false);
  let painted = '';
  return {
    ask: (resource) => api(containerPath(resource, 'changes'), { base: CONTAINERS }),
    paint(resource, changes) {
      if (changes === undefined) return;
      const more = changes.length > MOST ? `, the first ${MOST} of them here` : '';
      say(note, changes.length === 0 ? 'It has changed no files.' : `${count(changes.length)} files added, changed and deleted${more}.`);
      show(
        whole,
        changes.some(({ Kind }) => Kind !== DELETED),
      );
      whole.href = `${CONTAINERS}${containerPath(resource, 'archive')}`;
      // Who has one in focus keeps it.
      const text = JSON.stringify(changes);
      if (text === painted) return;
      painted = text;
      list.replaceChildren(...changes.slice(0, MOST).map((change) => item(resource, change)));
    },
    fail: ({ message }) => say(note, message),
  };
}
