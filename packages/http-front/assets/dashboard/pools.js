import { api } from './api.js';
import { ask } from './ask.js';
import { byId, el, say, toast } from './dom.js';
import { count } from './format.js';

const EVERY_MS = 5_000;
const list = byId('pools');
const shown = new Map();

async function resize(name, replicas) {
  await api(`/warmpools/${encodeURIComponent(name)}`, { method: 'PATCH', body: { spec: { replicas } } });
  toast(`The pool ${name} holds ${count(replicas)} from now on.`);
  await look();
}

function question(name, replicas) {
  const text = 'So many sessions wait for somebody to claim one. It holds until Mooring is started again.';
  const number = { label: 'Sessions that wait', value: replicas };
  ask({ title: `Resize the pool ${name}`, text, label: 'Resize', number }, (value) => resize(name, value));
}

/** An item that is kept, so that its button keeps the focus. */
function itemOf(name) {
  const [ready, wanted] = [el('span.big'), el('span')];
  const meter = el('meter', { min: 0, aria: { label: `Ready in the pool ${name}` } });
  const button = el('button.plain', { type: 'button', aria: { label: `Resize the pool ${name}` } }, 'Resize');
  const item = { pool: undefined, ready, wanted, meter };
  button.addEventListener('click', () => question(name, item.pool.spec.replicas));
  item.element = el('li', {}, el('div.of', {}, ready, wanted), el('div.name', {}, name), meter, button);
  return item;
}

function paint(pool) {
  const { name } = pool.metadata;
  if (!shown.has(name)) shown.set(name, itemOf(name));
  const item = shown.get(name);
  item.pool = pool;
  const { replicas } = pool.spec;
  say(item.ready, count(pool.status.readyReplicas));
  say(item.wanted, ` of ${count(replicas)} ready`);
  item.meter.max = Math.max(1, replicas);
  item.meter.value = pool.status.readyReplicas;
  return item.element;
}

async function look() {
  const { items } = await api('/warmpools');
  const elements = items.map(paint);
  if (elements.length === 0) elements.push(el('li.none', {}, 'There are none.'));
  if (elements.length !== list.children.length || elements.some((each, at) => each !== list.children[at]))
    list.replaceChildren(...elements);
}

/** Shows the pools, from now on. What goes wrong is shown by the list of sessions already. */
export function followPools() {
  const turn = () => look().catch(() => undefined);
  void turn();
  setInterval(turn, EVERY_MS);
}
