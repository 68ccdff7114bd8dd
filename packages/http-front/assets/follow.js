// Follows a session: over its event stream, and by asking where that doesn't come through.

const POLL_MS = 2_000;
/** Where there is no answer, and after a minute: many may be waiting. */
const SLOW_POLL_MS = 5_000;
const PATIENCE_MS = 60_000;
/** Breaks in a row after which the event stream is given up for polling. */
const MAX_BREAKS = 3;
/** Milliseconds without the first event, or without the next heartbeat, after which something on the way holds the stream back. */
const FIRST_EVENT_MS = 5_000;
const SILENCE_MS = 40_000;

/**
 * @param {string} url the session's status; its events are at `${url}/events`
 * @param {{ onView(view: object): void, onGone(): void, onRefused(status: number): void, onTrouble(isTrouble: boolean): void }} told
 *   `onRefused`: we may not see it, or there is none; nothing is told after that, nor after `onGone`
 */
export function follow(url, told) {
  let breaks = 0;
  let watchdog;
  const events = new EventSource(`${url}/events`);
  const giveUp = () => {
    clearTimeout(watchdog);
    events.close();
    void poll(url, told);
  };
  const expect = (ms) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(giveUp, ms);
  };
  expect(FIRST_EVENT_MS);
  events.addEventListener('status', ({ data }) => {
    breaks = 0;
    expect(SILENCE_MS);
    told.onTrouble(false);
    told.onView(JSON.parse(data));
  });
  events.addEventListener('heartbeat', () => expect(SILENCE_MS));
  events.addEventListener('gone', () => {
    clearTimeout(watchdog);
    events.close();
    told.onGone();
  });
  events.addEventListener('error', () => {
    breaks += 1;
    if (events.readyState === EventSource.CLOSED || breaks >= MAX_BREAKS) giveUp();
  });
}

/** Asks every other second. A 5xx, or no answer at all, is a matter of waiting; any other refusal is left to who is told. */
async function poll(url, told, startedAt = Date.now()) {
  let isTrouble = true;
  try {
    const answer = await fetch(url, { headers: { accept: 'application/json' }, cache: 'no-store' });
    if (answer.ok) {
      isTrouble = false;
      told.onView(await answer.json());
    } else if (answer.status < 500 && answer.status !== 429) {
      return told.onRefused(answer.status);
    }
  } catch {
    // Offline, or the front restarts: the next round will tell.
  }
  told.onTrouble(isTrouble);
  const isSlow = isTrouble || Date.now() - startedAt > PATIENCE_MS;
  setTimeout(poll, isSlow ? SLOW_POLL_MS : POLL_MS, url, told, startedAt);
}
