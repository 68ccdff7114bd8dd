import { type Pace, recordedPace } from '@mooring/local-rancher';

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

export const replayPace = (): Pace => recordedPace(shorten);
