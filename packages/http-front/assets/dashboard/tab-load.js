import { api } from './api.js';
import { CONTAINERS, containerPath } from './container.js';
import { el, say, show } from './dom.js';
import { loadOf, size } from './load.js';
import { Plot } from './plot.js';

const perSecond = (bytes) => `${size(bytes)}/s`;
const cores = (value) => (value < 0.1 && value > 0 ? value.toFixed(3) : value.toFixed(value < 10 ? 2 : 0));

/** What each chart shows: columns of `loadOf`, by their names for people. */
const CHARTS = [
  { title: 'Processors', columns: { processors: 'used' }, format: cores },
  { title: 'Memory', columns: { memory: 'used' }, format: size },
  { title: 'Network', columns: { received: 'received', sent: 'sent' }, format: perSecond },
  { title: 'Disks', columns: { read: 'read', written: 'written' }, format: perSecond },
];
const TINTS = ['accent', 'busy'];

const last = (column) => column.findLast((value) => value !== null && value !== undefined);

function chart({ title, columns, format }) {
  const [legend, host] = [el('ul.legend'), el('div.plot')];
  host.setAttribute('role', 'img');
  const element = el('section', {}, el('header', {}, el('h3', {}, title), legend), host);
  const names = Object.keys(columns);
  const series = Object.values(columns).map((label, index) => ({ label, tint: TINTS[index] }));
  const plot = new Plot(host, { series, format, legend });
  return {
    element,
    draw(load) {
      const values = names.map((name) => load[name]);
      const said = names.map(
        (name, index) => `${columns[name]} ${last(values[index]) === undefined ? 'unknown' : format(last(values[index]))}`,
      );
      host.setAttribute('aria-label', `${title}: ${said.join(', ')}`);
      return plot.draw([load.times, ...values]);
    },
  };
}

/** What a container uses, from the moment on at which somebody looks: it is measured for as long as somebody asks. */
export function loadTab(panel) {
  const note = el('p.measure');
  const charts = CHARTS.map(chart);
  const all = el('div.load', {}, ...charts.map(({ element }) => element));
  panel.append(note, all);
  show(all, false);
  return {
    ask: (resource) => api(containerPath(resource, 'metrics'), { base: CONTAINERS }),
    paint(_resource, metrics) {
      if (metrics === undefined) return;
      const load = loadOf(metrics.series);
      const isKnown = load.times.length > 0;
      say(note, isKnown ? 'The last minute, measured once a second while you look.' : metrics.now ? 'Measuring …' : 'It does not run.');
      show(all, isKnown);
      if (isKnown) void Promise.all(charts.map(({ draw }) => draw(load)));
    },
    fail: ({ message }) => say(note, message),
  };
}
