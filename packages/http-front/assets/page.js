// The waiting page: shows what becomes of the session, and goes to the notebook once it is ready.
import { planAnnouncement, sentenceOf } from './announce.js';
import { decide } from './decide.js';
import { follow } from './follow.js';
import { paint, paintClock, paintTrouble } from './paint.js';
import { planAttempt } from './retry.js';

const main = document.getElementById('waiting');
const { name, status, target, ready } = main.dataset;
const memoryKey = `mooring:${name}`;

let going = false;
/** The session was let go before it began to go, and nobody has asked for it since. */
let abandoned = false;
let said = { text: document.getElementById('headline').textContent, at: Date.now(), isCounting: false };
let saying;

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

/** Says it to screen readers, once, and not in the middle of what was said before. */
function announce(text, isCounting) {
  const delay = planAnnouncement(said, { text, isCounting }, Date.now());
  clearTimeout(saying);
  if (delay === undefined) return;
  saying = setTimeout(() => {
    said = { text, at: Date.now(), isCounting };
    document.getElementById('announce').textContent = text;
  }, delay);
}

function take(view) {
  if (going) return;
  paint(view);
  announce(sentenceOf(view), view.queue !== undefined);
  if (view.phase !== 'Terminating') abandoned = view.letGo;
  const next = decide(view, performance.now());
  if (next === 'go') go(ready);
  else if (next === 'ask') go(target, 1);
}

/** The session is no more: its address leads to a new one, unless nobody wanted the last. */
function leave(atLeast = 0) {
  if (!abandoned) return go(target, atLeast);
  const progress = { mood: 'away', headline: 'Your notebook was put away', lead: 'Nobody used it.', action: 'Open a new one', steps: [] };
  const view = { phase: 'Gone', letGo: true, progress };
  paint(view);
  announce(sentenceOf(view), false);
}

if (main.dataset.phase === 'Ready' && main.dataset.missed === 'true') go(target, 1);
else if (main.dataset.phase === 'Ready') go(ready);
else {
  follow(status, {
    onView: take,
    onGone: leave,
    // Whatever isn't a status is left to the page's own address to explain.
    onRefused: (code) => (code === 404 ? leave(1) : go(target, 1)),
    onTrouble: paintTrouble,
  });
}
paintClock();
setInterval(paintClock, 1_000);
// A page that comes back from the browser's history has gone already and must look again.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
