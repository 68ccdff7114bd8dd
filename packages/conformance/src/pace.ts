import { type Pace, recordedPace } from '@mooring/local-rancher';
import type { RecordedTime } from './recorded-time.js';
import type { SteadyClock } from './steady-clock.js';

/** Up to here in milliseconds time passes as recorded, so that short states are seen. */
const AS_RECORDED_MS = 60;
const STRETCH_MS = 45;
const A_MINUTE_MS = 60_000;

/** Long waits are shortened, the longer the more; what takes minutes takes seconds. Monotone, so nothing overtakes. */
export const shorten = (ms: number): number => {
  if (ms <= AS_RECORDED_MS) return ms;
  if (ms >= A_MINUTE_MS) return ms / AS_RECORDED_MS;
  return AS_RECORDED_MS + STRETCH_MS * Math.log2(ms / AS_RECORDED_MS);
};

/** All that is registering: what follows a creation at once was recorded to do so, however long it takes here (07-14). */
const REGISTERING_MS = 1000;

export const replayPace = (clock: SteadyClock, time: RecordedTime): Pace => ({
  ...recordedPace({ shorten, sleep: (ms, signal) => clock.sleep(ms, signal) }),
  losesDeletesWithinMs: REGISTERING_MS,
  get purgedAfterMs() {
    return time.purgedAfterMs(Date.now());
  },
});
