import { el } from './dom.js';
import { ago, moment } from './format.js';

function readingsOf(readings) {
  const entries = Object.entries(readings);
  if (entries.length === 0) return undefined;
  return el('dl.facts', {}, ...entries.map(([source, said]) => el('div', {}, el('dt', {}, source), el('dd', {}, said))));
}

function eventItem(now, { at, type, reason, note, reportingController, readings }) {
  const when = el('time', { dateTime: at, title: moment(at) }, ago(now() - Date.parse(at)));
  return el(
    'li',
    { data: { type } },
    el('div.line', {}, el('b', {}, reason), el('span.by', {}, reportingController), when),
    el('p', {}, note),
    readingsOf(readings),
  );
}

/** What happened to a session, the newest first. */
export function eventsTab(panel, { now }) {
  const list = el('ol.events');
  panel.append(list);
  return {
    asks: '/events',
    paint(_resource, events) {
      if (events === undefined) return;
      const items = events.items.map((event) => eventItem(now, event));
      list.replaceChildren(...(items.length > 0 ? items : [el('li.none', {}, 'Nothing was recorded.')]));
    },
  };
}
