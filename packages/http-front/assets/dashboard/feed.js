// Follows all sessions: a list, then a watch from there; by asking again and again where a watch doesn't come through.
import { listAll } from './api.js';

/** Milliseconds. Bookmarks come every 15 s. */
const OPENS_WITHIN = 5_000;
const SILENCE = 40_000;
const POLL = 5_000;
const RETRY = 5_000;
/** Rounds of polling before a watch is tried again. */
const POLLS = 12;
/** Breaks in a row after which what is at the other end is listed anew. */
const MAX_BREAKS = 5;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Watches from a position until that ends for good. @returns {Promise<'over' | 'silent'>} silent: something on the way holds it back */
function watch(version, { onChange, onState }) {
  return new Promise((resolve) => {
    const events = new EventSource(`/api/v1/watch/sessions?resourceVersion=${version}`);
    let watchdog;
    let breaks = 0;
    const end = (why) => {
      clearTimeout(watchdog);
      events.close();
      resolve(why);
    };
    const expect = (ms) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => end('silent'), ms);
    };
    const alive = () => {
      breaks = 0;
      expect(SILENCE);
      onState('live');
    };
    expect(OPENS_WITHIN);
    events.addEventListener('open', alive);
    events.addEventListener('BOOKMARK', alive);
    for (const type of ['ADDED', 'MODIFIED', 'DELETED']) {
      events.addEventListener(type, ({ data }) => {
        alive();
        onChange(JSON.parse(data));
      });
    }
    events.addEventListener('error', () => {
      breaks += 1;
      // The end of a stream is no trouble: a browser comes back by itself.
      if (breaks > 1) onState('reconnecting');
      if (events.readyState === EventSource.CLOSED || breaks >= MAX_BREAKS) end('over');
    });
  });
}

/**
 * Never ends.
 *
 * @param {{ onList(resources: object[]): void, onChange(change: object): void, onState(state: string, problem?: Error): void }} told
 *   states: `live`, `reconnecting`, `polling`, `broken`
 */
export async function feed(told) {
  let polls = 0;
  for (;;) {
    try {
      const { items, version } = await listAll();
      told.onList(items);
      if (polls > 0) {
        polls -= 1;
        told.onState('polling');
        await pause(POLL);
      } else if ((await watch(version, told)) === 'silent') polls = POLLS;
    } catch (problem) {
      told.onState('broken', problem);
      await pause(RETRY);
    }
  }
}
