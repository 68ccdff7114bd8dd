import { el, say, show } from './dom.js';
import { ago, brief, moment, took } from './format.js';
import { Plot } from './plot.js';

const VERDICTS = { active: 'Somebody uses it.', quiet: 'Nobody uses it.', unknown: 'Nobody can tell whether it is used.' };
/** Looks that the chart remembers. */
const MOST = 720;

function fate({ action, markedAt, wouldBeMarkedAt, wouldEndAt }) {
  const end = action === 'Stop' ? 'stopped' : 'deleted';
  if (markedAt !== undefined)
    return wouldEndAt ? `It is marked, and is ${end} at ${moment(wouldEndAt)} if nobody comes.` : 'It is marked as idle.';
  if (wouldBeMarkedAt !== undefined) return `If nobody comes from now on, it is marked at ${moment(wouldBeMarkedAt)}.`;
  return '';
}

const rowOf = (now, { source, said, askedAt }) =>
  el(
    'tr',
    {},
    el('th', { scope: 'row' }, source),
    el('td', {}, said),
    el('td', { title: moment(askedAt) }, ago(now() - Date.parse(askedAt))),
  );

const headOf = (...labels) => el('thead', {}, el('tr', {}, ...labels.map((label) => el('th', { scope: 'col' }, label))));

/** How it stands with a session's use: the verdict, how long it has been quiet (followed while it is looked at), and what each source said. */
export function useTab(panel, { now }) {
  const nothing = el('p.why', {}, 'Nobody asks whether this session is used: it has no idle policy.');
  const [verdict, meter, measure, body, chart] = [el('p.why'), el('meter'), el('p.measure'), el('tbody'), el('div.plot')];
  meter.setAttribute('aria-label', 'Quiet time until it is marked');
  chart.setAttribute('role', 'img');
  const table = el('table', {}, el('caption', {}, 'What each source said'), headOf('Source', 'Said', 'Asked'), body);
  const known = el('div', {}, verdict, meter, measure, table, el('h3', {}, 'Quiet time, while you look'), chart);
  panel.append(nothing, known);
  const points = [];
  const plot = new Plot(chart, { series: [{ label: 'quiet', tint: 'accent', filled: true }], format: took, tick: brief });

  function paintQuiet({ quietSeconds, policy }) {
    show(meter, quietSeconds !== undefined);
    if (quietSeconds === undefined) return say(measure, '');
    meter.max = policy.afterSeconds;
    meter.value = quietSeconds;
    say(measure, `Quiet for ${took(quietSeconds)} of ${took(policy.afterSeconds)}`);
    points.push([now() / 1000, quietSeconds]);
    if (points.length > MOST) points.shift();
    chart.setAttribute('aria-label', `Quiet for ${took(quietSeconds)}`);
    void plot.draw([points.map(([at]) => at), points.map(([, quiet]) => quiet)]);
  }
  return {
    asks: '/explanation',
    paint(_resource, explanation) {
      const idle = explanation?.idle;
      show(nothing, explanation !== undefined && idle === undefined);
      show(known, idle !== undefined);
      if (idle === undefined) return;
      say(verdict, `${VERDICTS[idle.verdict] ?? 'It was not looked at yet.'} ${fate(idle)}`);
      paintQuiet(idle);
      body.replaceChildren(...idle.sources.map((each) => rowOf(now, each)));
    },
  };
}
