import { expect, it } from '@jest/globals';
import { RecordedTime } from '../src/recorded-time.js';

it('purges here what was removed minutes ago in the recordings, however short that was here', () => {
  const time = new RecordedTime();
  time.pass(0, 5000);
  time.pass(60_000, 5100);
  expect(time.purgedAfterMs(5200)).toBe(Number.POSITIVE_INFINITY);
  time.pass(180_000, 5300);
  // What was removed here before 5100 was removed two minutes ago there.
  expect(time.purgedAfterMs(5300)).toBe(200);
});
