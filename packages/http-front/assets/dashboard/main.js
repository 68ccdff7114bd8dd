// The dashboard: follows all sessions, and lets administrators find, understand and change them.
import { api } from './api.js';
import { followCharts } from './charts.js';
import { chips } from './chips.js';
import { Collection } from './collection.js';
import { Detail } from './detail.js';
import { announce, byId, say, show } from './dom.js';
import { feed } from './feed.js';
import { count } from './format.js';
import { Grid } from './grid.js';
import { sortable } from './heads.js';
import { readPlace, writePlace } from './place.js';
import { followPools } from './pools.js';
import { STATES } from './rows.js';

/** Milliseconds between two looks at what has changed: the order of the rows is found once for all changes between. */
const BATCH_MS = 200;
/** What moves without the sessions: when they were used, and the queue; and the ages that are written. */
const TIMES_MS = 5_000;

const collection = new Collection();
const table = byId('sessions');
const heads = [...table.querySelectorAll('[role="columnheader"]')].map(({ dataset }) => dataset.key);
let place = readPlace(location.hash, { states: STATES, keys: heads });
let queue = new Map();
let skew = 0;
let isKnown = false;

const now = () => Date.now() + skew;
const detail = new Detail({ now, onClose: () => open('') });
const grid = new Grid({
  table,
  rows: byId('rows'),
  times: () => ({ now: now(), seenAt: collection.seenAt, placeOf: (uid) => queue.get(uid) }),
  onOpen: (uid) => open(uid, { isFocused: true }),
});
const paintChips = chips(byId('chips'), (states) => go({ states }));
const paintSort = sortable(table, (order) => go({ order }));

function paint() {
  const view = collection.view();
  grid.show(view);
  paintChips(collection.counts, place.states);
  say(
    byId('count'),
    view.length === collection.size ? `${count(view.length)} sessions` : `${count(view.length)} of ${count(collection.size)}`,
  );
  show(byId('empty'), view.length === 0);
  if (isKnown)
    say(
      byId('empty'),
      collection.size === 0 ? 'There are no sessions.' : 'No session is like that. Search for less, or show other states.',
    );
  if (detail.uid !== '') detail.update(collection.get(detail.uid));
}

let isScheduled = false;
function paintSoon() {
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    paint();
  }, BATCH_MS);
}

function takeChange(change) {
  collection.apply(change);
  paintSoon();
}

function go(changes) {
  place = { ...place, ...changes };
  history.replaceState(null, '', writePlace(place));
  look();
  announce(`${byId('count').textContent} shown`, 700);
}

function look() {
  collection.look(place);
  collection.sort(place.order);
  paintSort(place.order);
  paint();
}

/** Shows a session beside the table; none where the uid is empty. */
function open(uid, { isFocused = false } = {}) {
  const row = collection.get(uid);
  place.open = row?.name ?? '';
  history.replaceState(null, '', writePlace(place));
  detail.open(row);
  grid.mark(row?.uid ?? '');
  if (row && isFocused) detail.focus();
  if (!row) table.focus({ preventScroll: true });
}

const FEED = { live: 'live', reconnecting: 'reconnecting', polling: 'asking every few seconds', broken: 'no connection' };

function paintFeed(state, problem) {
  if (byId('feed').dataset.state === state && !problem) return;
  byId('feed').dataset.state = state;
  say(byId('feed'), FEED[state]);
  show(byId('trouble'), problem !== undefined);
  if (problem) say(byId('trouble'), `${problem.message} This page looks again by itself.`);
}

function takeList(resources) {
  collection.replace(resources);
  const isFirst = !isKnown;
  isKnown = true;
  look();
  const wanted = isFirst && place.open !== '' ? collection.named(place.open) : undefined;
  if (!wanted) return;
  open(wanted.uid);
  grid.reveal(wanted.uid);
}

/** @returns {Promise<Map<string, unknown>>} by uid; empty where it can't be told, which the feed shows */
const byUid = (path, of) =>
  api(path)
    .then(({ items }) => new Map(items.map((item) => [item.uid, of(item)])))
    .catch(() => new Map());

async function followTimes() {
  const [seen, places] = await Promise.all([byUid('/last-seen', ({ at }) => Date.parse(at)), byUid('/queue', (item) => item.place)]);
  queue = places;
  collection.setSeen(seen);
  paint();
  setTimeout(followTimes, TIMES_MS);
}

const search = byId('search');
search.value = place.search;
let typing;
search.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => go({ search: search.value }), 80);
});
search.addEventListener('keydown', ({ key }) => {
  if (key === 'ArrowDown' || key === 'Enter') table.focus();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.closest('input, select, dialog')) return;
  event.preventDefault();
  search.focus();
});
byId('fold').addEventListener('click', ({ currentTarget }) => {
  const isShown = currentTarget.getAttribute('aria-expanded') === 'false';
  currentTarget.setAttribute('aria-expanded', String(isShown));
  show(byId('overview'), isShown);
});

api('/about').then(
  ({ time }) => {
    skew = Date.parse(time) - Date.now();
  },
  () => undefined,
);
look();
void feed({ onList: takeList, onChange: takeChange, onState: paintFeed });
void followTimes();
followPools();
followCharts();
