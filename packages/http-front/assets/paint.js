// Shows a session's state. What stays as it is isn't written again.
import { duration } from './duration.js';

const main = document.getElementById('waiting');
const byId = (id) => document.getElementById(id);
const STATES = { done: 'done', current: 'under way', failed: 'failed', waiting: 'still to come' };

/** How far this machine's clock is ahead of the server's, in ms. */
const skew = Date.now() - Number(main.dataset.now);
const since = (at) => Date.now() - skew - Date.parse(at);

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show(element, isShown) {
  if (element.hidden === isShown) element.hidden = !isShown;
}

/** As the server writes it. */
function took(seconds) {
  if (seconds < 0.05) return 'at once';
  return seconds < 9.95 ? `${seconds.toFixed(1).replace(/\.0$/, '')} s` : duration(seconds * 1000 + 500);
}

function paintStep(item, { label, state, message, seconds }) {
  item.dataset.state = state;
  if (state === 'current' || state === 'failed') item.setAttribute('aria-current', 'step');
  else item.removeAttribute('aria-current');
  say(item.querySelector('.label'), label);
  say(item.querySelector('.state'), `, ${STATES[state]} `);
  say(item.querySelector('.message'), message);
  // Once it is ready no times are told any more, and those that are seen stay.
  if (seconds !== undefined) say(item.querySelector('.took'), took(seconds));
  else if (state !== 'done') say(item.querySelector('.took'), '');
}

function paintSteps(steps) {
  const list = byId('steps');
  show(list, steps.length > 0);
  steps.forEach((step, index) => {
    paintStep(list.children[index], step);
  });
}

function paintQueue(queue) {
  show(byId('queue'), queue !== undefined);
  main.dataset.ahead = String(Math.min(3, (queue?.place ?? 1) - 1));
  if (queue === undefined) return;
  say(byId('place'), String(queue.place));
  say(byId('of'), String(queue.of));
}

function paintFailure(failure) {
  show(byId('failure'), failure !== undefined);
  if (failure === undefined) return;
  say(byId('advice'), failure.advice);
  say(byId('detail'), failure.detail);
  paintMoment('tried', failure.triedAt);
}

/** A moment, in the reader's own time. */
function paintMoment(id, at) {
  show(byId(id), at !== undefined);
  if (at === undefined) return;
  byId(`${id}-at`).dateTime = at;
  say(byId(`${id}-at`), new Date(at).toLocaleTimeString());
}

/** @param view as GET /narrative_session/<name> answers it */
export function paint({ phase, letGo, queue, progress }) {
  const { mood, headline, lead, action, steps, failure } = progress;
  Object.assign(main.dataset, { phase, mood, since: progress.since ?? '', stepSince: progress.stepSince ?? '' });
  if (steps.length > 0) main.dataset.done = String(steps.filter(({ state }) => state === 'done').length);
  say(byId('headline'), headline);
  say(byId('lead'), lead);
  say(byId('keep'), action);
  show(byId('keeping'), letGo);
  const title = `${headline} · Mooring`;
  if (document.title !== title) document.title = title;
  paintSteps(steps);
  paintQueue(queue);
  paintFailure(failure);
  paintMoment('asked', progress.since);
  paintClock();
}

/** The times that go on: of the whole start, and of the step that is under way. */
export function paintClock() {
  const { since: started, stepSince, mood, lateAfter } = main.dataset;
  const isTimed = started !== '' && mood !== 'failed';
  const elapsed = isTimed ? duration(since(started)) : '';
  say(byId('elapsed'), elapsed && `${elapsed} so far.`);
  show(byId('usual'), mood === 'starting');
  show(byId('late'), mood === 'starting' && since(started) > Number(lateAfter) * 1000);
  const current = document.querySelector('.step[data-state="current"] .took');
  if (current && isTimed) say(current, duration(since(stepSince)));
}

export function paintTrouble(isTrouble) {
  show(byId('trouble'), isTrouble);
}
