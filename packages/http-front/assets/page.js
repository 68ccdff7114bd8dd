// The waiting page: paints what the session's events say, and goes to the notebook once it is ready.
import { decide } from './decide.js';
import { planAttempt } from './retry.js';

const main = document.getElementById('waiting');
const { name, target, ready } = main.dataset;
const statusUrl = `/narrative_session/${name}`;
const memoryKey = `mooring:${name}`;
const POLL_MS = 2_000;
/** Breaks in a row after which the event stream is given up for polling. */
const MAX_BREAKS = 3;

let going = false;
/** The session was let go before it began to go, and nobody has asked for it since. */
let abandoned = false;

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(memoryKey));
  } catch {
    return null;
  }
}

function remember(attempt) {
  try {
    sessionStorage.setItem(memoryKey, JSON.stringify(attempt));
  } catch {
    // Storage may be off: then attempts aren't counted, and `missed` still slows them down.
  }
}

function open(url) {
  if (url === `${location.pathname}${location.search}`) location.reload();
  else location.replace(url + location.hash);
}

/** Goes where it says, the later the more often that led back here. `atLeast` counts as so many attempts before. */
function go(url, atLeast = 0) {
  if (going) return;
  going = true;
  const past = recall();
  const known = past && past.tries >= atLeast ? past : { tries: atLeast, at: Date.now() };
  const { delay, next } = planAttempt(known, Date.now());
  remember(next);
  setTimeout(open, delay, url);
}

function paintStep(item, step) {
  item.dataset.state = step.state;
  item.querySelector('.message').textContent = step.message;
}

/** What stays as it is isn't written again, or it would be read out again. */
function say(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}

function paint({ phase, letGo, progress }) {
  main.dataset.phase = phase;
  main.dataset.letGo = String(letGo);
  say('headline', progress.headline);
  say('lead', progress.lead);
  say('keep', progress.action);
  document.title = `${progress.headline} · Mooring`;
  const items = document.getElementById('steps').children;
  progress.steps.forEach((step, index) => {
    paintStep(items[index], step);
  });
}

function take(view) {
  paint(view);
  if (view.phase !== 'Terminating') abandoned = view.letGo;
  const next = decide(view, performance.now());
  if (next === 'go') go(ready);
  else if (next === 'ask') go(target, 1);
}

/** The session is no more: its address leads to a new one, unless nobody wanted the last. */
function leave(atLeast = 0) {
  if (!abandoned) return go(target, atLeast);
  const progress = { headline: 'Your notebook was put away', lead: 'Nobody used it.', action: 'Open a new one', steps: [] };
  paint({ phase: 'Gone', letGo: true, progress });
}

/** Where events don't arrive: asks every other second. Whatever isn't a status is left to the page's own address to explain. */
async function poll() {
  if (going) return;
  try {
    const answer = await fetch(statusUrl, { headers: { accept: 'application/json' }, cache: 'no-store' });
    if (answer.ok) take(await answer.json());
    else if (answer.status === 404) return leave(1);
    else if (answer.status < 500) go(target, 1);
  } catch {
    // Offline, or we restart: the next round will tell.
  }
  setTimeout(poll, POLL_MS);
}

function follow() {
  let breaks = 0;
  const events = new EventSource(`${statusUrl}/events`);
  events.addEventListener('status', ({ data }) => {
    breaks = 0;
    take(JSON.parse(data));
  });
  events.addEventListener('gone', () => {
    events.close();
    leave();
  });
  events.addEventListener('error', () => {
    breaks += 1;
    if (events.readyState !== EventSource.CLOSED && breaks < MAX_BREAKS) return;
    events.close();
    void poll();
  });
}

function showElapsed() {
  const seconds = Math.floor(performance.now() / 1000);
  document.getElementById('elapsed').textContent = seconds > 1 ? `${seconds} s` : '';
}

if (main.dataset.phase === 'Ready' && main.dataset.missed === 'true') go(target, 1);
else if (main.dataset.phase === 'Ready') go(ready);
else follow();
setInterval(showElapsed, 1_000);
// A page that comes back from the browser's history has gone already and must look again.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
