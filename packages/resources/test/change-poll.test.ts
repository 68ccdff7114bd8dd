import { describe, expect, it } from '@jest/globals';
import { ChangePoll } from '../src/sql/change-poll.js';
import { until } from './support/until.js';

/** A poll over a version that the test sets, and what it did. */
function pollOver(initial: number) {
  const seen = { version: initial, looks: 0, changes: 0, failing: false };
  const readVersion = async () => {
    seen.looks += 1;
    if (seen.failing) throw new Error('locked');
    return seen.version;
  };
  const onChange = () => {
    seen.changes += 1;
  };
  return { seen, poll: new ChangePoll({ readVersion, onChange, intervalMs: 1 }) };
}

/** Waits for whole looks to pass, so that an effect of them would be seen. */
async function looksPass(seen: { looks: number }): Promise<void> {
  const from = seen.looks;
  await until(() => seen.looks >= from + 3);
}

describe('ChangePoll', () => {
  it('tells a change once, and a failure each time', async () => {
    const { seen, poll } = pollOver(1);
    const stop = poll.start();
    await looksPass(seen);
    const before = seen.changes;
    await looksPass(seen);
    expect(seen.changes).toBe(before);
    seen.version = 2;
    await looksPass(seen);
    expect(seen.changes).toBe(before + 1);
    seen.failing = true;
    await until(() => seen.changes > before + 2);
    stop();
  });

  it('looks while somebody is interested, and not after the last has left', async () => {
    const { seen, poll } = pollOver(1);
    const stops = [poll.start(), poll.start()];
    stops[0]?.();
    await looksPass(seen);
    stops[1]?.();
    const { looks } = seen;
    const again = pollOver(1);
    const stopAgain = again.poll.start();
    await looksPass(again.seen);
    stopAgain();
    expect(seen.looks).toBe(looks);
  });
});
