import { api } from './api.js';
import { byId } from './dom.js';
import { brief, count, took } from './format.js';
import { Plot } from './plot.js';
import { BANDS, endedSeries, REASONS, readySeries, sessionSeries, stacked } from './series.js';

const EVERY_MS = 30_000;
const BARS = 36;
const TINTS = { Ready: 'done', Starting: 'busy', Stopped: 'rest', Failed: 'failed', Idle: 'rest', Requested: 'accent', Ended: 'busy' };

const whole = (value) => (Number.isInteger(value) ? count(value) : '');
const layers = (labels) => labels.toReversed().map((label) => ({ label, tint: TINTS[label], filled: true }));
const plot = (id, options) => new Plot(byId(id), { ...options, legend: byId(`${id}-legend`) });

/** What is drawn on top of each other is drawn from the top down: the lower hides the upper's ground. */
const drawStack = (chart, { times, columns }) => chart.draw([times, ...stacked(columns).toReversed()], columns.toReversed());

const last = (column) => column.findLast((value) => value !== null && value !== undefined);
const total = (column) => column.reduce((sum, value) => sum + value, 0);

/** A chart is a picture: this is what it says in words. */
function describe(id, words) {
  byId(id).setAttribute('aria-label', words);
}

/** Shows what happened over time, from now on. */
export function followCharts() {
  const sessions = plot('chart-sessions', { series: layers(BANDS.map(({ label }) => label)), format: whole });
  const ready = plot('chart-ready', {
    series: [
      { label: '95 in 100', tint: 'busy' },
      { label: 'half', tint: 'accent', filled: true },
    ],
    format: took,
    tick: brief,
  });
  const ended = plot('chart-ended', { series: layers(REASONS), format: whole, bars: true, summary: total });
  const range = byId('range');

  const look = async () => {
    const since = new Date(Date.now() - Number(range.value) * 1000).toISOString();
    const statistics = await api(`/statistics?since=${since}`);
    const [all, times, ends] = [sessionSeries(statistics), readySeries(statistics), endedSeries(statistics, BARS)];
    await Promise.all([drawStack(sessions, all), drawStack(ended, ends), ready.draw([times.times, ...times.columns.toReversed()])]);
    describe(
      'chart-sessions',
      `Sessions by now: ${BANDS.map(({ label }, at) => `${label} ${count(last(all.columns[at]) ?? 0)}`).join(', ')}`,
    );
    describe('chart-ended', `Sessions ended: ${REASONS.map((reason, at) => `${reason} ${count(total(ends.columns[at]))}`).join(', ')}`);
    const [half, most] = times.columns.map(last);
    describe(
      'chart-ready',
      half === undefined ? 'No session became ready' : `Lately half were ready in ${took(half)}, 95 in 100 in ${took(most)}`,
    );
  };
  const turn = () => look().catch(() => undefined);
  range.addEventListener('change', turn);
  void turn();
  setInterval(turn, EVERY_MS);
}
