// The dashboard in a real Chromium, with 5,000 sessions of which 100 a second change: it is scrolled, sorted and searched all the time, and
// each frame is measured. The front is a process of its own. Can be run alone: node bench/dashboard.mjs
import { fork } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launchBrowser } from '../e2e/support/chromium.mjs';
import { figure, figureTable, median, quantile } from './figures.mjs';

const SESSIONS = 5_000;
const PER_SECOND = 100;
/** Rounds of scrolling, sorting and searching. */
const ROUNDS = 5;
/** Milliseconds between two turns of the wheel, and how many there are in a round. */
const TURN_MS = 16;
const TURNS = 140;
const WHEEL_PX = 900;
const PROBES = 8;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export async function dashboard(say) {
  const front = fork(here('./dashboard-front.mjs'), [String(SESSIONS)]);
  let browser;
  try {
    say(`${SESSIONS} sessions are made up …`);
    const { origin } = await answer(front);
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const opened = Date.now();
    await page.goto(`${origin}/dashboard`);
    await page.locator('#count', { hasText: '5,000 sessions' }).waitFor({ timeout: 30_000 });
    await page.locator('.table .body .row').first().waitFor();
    const openMs = Date.now() - opened;
    const before = (await ask(front, 'changing', PER_SECOND)).changes;
    const began = Date.now();
    say('it is scrolled, sorted and searched …');
    await page.evaluate(watchFrames);
    for (let round = 0; round < ROUNDS; round += 1) await work(page, round);
    const { frames, busy } = await page.evaluate(() => window.frames_);
    const rate = ((await ask(front, 'rate')).changes - before) / ((Date.now() - began) / 1000);
    say('how long a change takes to be seen …');
    const seen = await changesSeen(page, origin);
    return report({ frames, busy, rate, seen, openMs });
  } finally {
    await browser?.close();
    front.send({ ask: 'close' });
  }
}

/** In the page: notes the time between each two frames, and how long the main thread was held in one go where that was over 50 ms. */
function watchFrames() {
  window.frames_ = { frames: [], busy: [] };
  let last;
  const frame = (now) => {
    if (last !== undefined) window.frames_.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.frames_.busy.push(duration);
  }).observe({ type: 'longtask' });
}

/** What somebody does in a hurry: to the end of the table and back by the wheel, by another column, and with a search. */
async function work(page, round) {
  await page.mouse.move(600, 600);
  for (let turn = 0; turn < TURNS; turn += 1) {
    await page.mouse.wheel(0, turn < TURNS / 2 ? WHEEL_PX : -WHEEL_PX);
    await page.waitForTimeout(TURN_MS);
    if (turn === TURNS / 2) await checkScrolled(page);
    if (turn % 35 === 17)
      await page
        .locator('.table .head button')
        .nth((round + turn) % 6)
        .click();
  }
  for (const text of ['hopper', 'lab gpu', '']) {
    await page.fill('#search', text);
    await page.waitForTimeout(200);
  }
}

/** What isn't scrolled is painted quickly. */
async function checkScrolled(page) {
  const top = await page.evaluate(() => document.getElementById('sessions').scrollTop);
  if (top < (TURNS / 4) * WHEEL_PX) throw new Error(`the table was to be scrolled, and is at ${top} px`);
}

/** From the answer to a change to its row, in ms: sessions are stopped and started over the API while others change. */
async function changesSeen(page, origin) {
  await page.fill('#search', 'radia.perlman');
  await page.locator('#count', { hasText: ' of ' }).waitFor();
  const name = await page.locator('.table .body .row:not([hidden])[data-state="Ready"] .name').first().textContent();
  await page.fill('#search', name);
  await page.locator('#count', { hasText: '1 of ' }).waitFor();
  const times = [];
  for (let probe = 0; probe < PROBES; probe += 1) {
    const running = probe % 2 === 1;
    const body = JSON.stringify({ spec: { running } });
    await fetch(`${origin}/api/v1/sessions/${name}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body });
    const asked = performance.now();
    await page.locator(`.table .body .row:not([hidden])[data-state="${running ? 'Ready' : 'Stopped'}"]`).waitFor();
    times.push(performance.now() - asked);
  }
  return times;
}

function report({ frames, busy, rate, seen, openMs }) {
  const [p50, p95] = [quantile(frames, 0.5), quantile(frames, 0.95)];
  return {
    text: [
      `${SESSIONS} sessions, ${Math.round(rate)} changes a second, scrolled, sorted and searched: ${frames.length} frames, half of them within`,
      `${p50.toFixed(1)} ms of the one before, 95 in 100 within ${p95.toFixed(1)} ms; the longest took ${Math.round(Math.max(...frames))} ms.`,
      `The main thread was held for more than 50 ms ${busy.length} times. A change is seen after ${Math.round(median(seen))} ms.`,
    ].join('\n'),
    figures: [
      figure('dashboard.frame_p95_ms', p95, 'ms', 50),
      figure('dashboard.frame_p50_ms', p50, 'ms'),
      figure('dashboard.long_tasks', busy.length, ''),
      figure('dashboard.change_seen_ms', median(seen), 'ms', 1000),
      figure('dashboard.open_ms', openMs, 'ms', 5000),
      figure('dashboard.changes_per_s', rate, '/s'),
    ],
  };
}

/** The next message of the front; rejects if it ends without. */
function answer(front) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`the front of the benchmark ended with ${code}`));
    front.once('exit', ended).once('message', (message) => {
      front.off('exit', ended);
      resolve(message);
    });
  });
}

function ask(front, question, value) {
  front.send({ ask: question, value });
  return answer(front);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { text, figures } = await dashboard((line) => console.error(line));
  console.log(`${text}\n${figureTable(figures)}`);
}
