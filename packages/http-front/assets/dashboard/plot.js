import { byId, el, say } from './dom.js';

const library = import(byId('chart-sessions').dataset.uplot).then((module) => module.default);
const dark = matchMedia('(prefers-color-scheme: dark)');

/** A colour of the stylesheet's, as it is now. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
/** Nothing shines through it: what lies behind is not to mix with it. */
const faint = (name) => `color-mix(in srgb, ${colour(name)} 32%, ${colour('card')})`;

const newest = (column) => column.findLast((value) => value !== null && value !== undefined);

const FONT = '11px system-ui, sans-serif';
/** Seconds that a chart spans at least: one that has just begun is no line of a single moment. */
const LEAST_SPAN = 60;

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const axis = (more) => ({
  stroke: () => colour('quiet'),
  grid: { stroke: () => colour('hairline'), width: 1 },
  ticks: { show: false },
  font: FONT,
  gap: 4,
  ...more,
});

function seriesOf({ label, tint, filled }, bars) {
  return {
    label,
    stroke: () => colour(tint),
    ...(filled && { fill: () => (bars ? colour(tint) : faint(tint)) }),
    ...(bars && { paths: bars }),
    width: bars ? 0 : 1.5,
    points: { show: false },
    spanGaps: false,
  };
}

/** uPlot makes years of a single moment: it is drawn as one that lasts. */
function lasting([times, ...columns]) {
  if (times.length !== 1) return [times, ...columns];
  return [[times[0] - 1, times[0]], ...columns.map(([value]) => [value, value])];
}

/**
 * A chart that fills its element and follows its size, and the reader's dark or light.
 *
 * @param {HTMLElement} host
 * @param {{ series: { label: string, tint: string, filled?: boolean }[], format: (value: number) => string, tick?: (value: number) => string, bars?: boolean, legend?: HTMLElement, summary?: (column: (number | null)[]) => number | undefined }} options
 *   `tint`: a colour of the stylesheet; the first series is drawn first. `tick`: what the axis says of a value.
 *   `summary`: what the legend says of a column; the newest value if nothing else
 */
export class Plot {
  #uplot;
  #data;
  #said = [];

  constructor(host, options) {
    Object.assign(this, { host, options });
    if (options.legend) this.#legend();
    new ResizeObserver(() => this.#uplot?.setSize(this.#size())).observe(host);
    dark.addEventListener('change', () => this.#uplot?.redraw(false));
  }

  /** @param {(number | null)[][]} data times in seconds, and a column for each series. @param {(number | null)[][]} [values] what the legend says, if it is something else */
  async draw(data, values = data.slice(1)) {
    this.#data = values;
    const UPlot = await library;
    const drawn = lasting(data);
    if (this.#uplot) this.#uplot.setData(drawn);
    else this.#uplot = new UPlot(this.#settings(UPlot), drawn, this.host);
    this.#tell(undefined);
  }

  #size() {
    return { width: Math.max(80, this.host.clientWidth), height: Math.max(60, this.host.clientHeight) };
  }

  #settings(UPlot) {
    const { series, format, tick = format } = this.options;
    const bars = this.options.bars ? UPlot.paths.bars({ size: [0.75, 14] }) : undefined;
    return {
      ...this.#size(),
      legend: { show: false },
      padding: [6, 4, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { range: (_, min, max) => [Math.min(min, max - LEAST_SPAN), max] },
        y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] },
      },
      axes: [
        axis({ size: 22, space: 60, values: (_, ticks) => ticks.map(clock) }),
        axis({ size: 44, space: 28, values: (_, ticks) => ticks.map((value) => tick(value)) }),
      ],
      series: [{}, ...series.map((each) => seriesOf(each, bars))],
      hooks: { setCursor: [({ cursor: { idx } }) => this.#tell(idx ?? undefined)] },
    };
  }

  #legend() {
    for (const { label, tint } of this.options.series) {
      const value = el('b');
      this.#said.push(value);
      this.options.legend.prepend(el('li', { data: { tint } }, el('span.dot'), `${label} `, value));
    }
  }

  /** Says what was where the pointer is, or in all. */
  #tell(at) {
    const { summary = newest, format } = this.options;
    this.#said.forEach((element, index) => {
      const column = this.#data[index];
      const value = at === undefined ? summary(column) : column[at];
      say(element, value === null || value === undefined ? '–' : format(value));
    });
  }
}
