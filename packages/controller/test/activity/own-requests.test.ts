import { describe, expect, it } from '@jest/globals';
import { OwnRequests } from '../../src/activity/own-requests.js';
import { FakeClock } from '../runtime/fake-clock.js';

function start() {
  const clock = new FakeClock();
  return { clock, own: new OwnRequests(clock) };
}

describe('own requests', () => {
  it('count where they may have been counted: from their start until a while after their end', () => {
    const { clock, own } = start();
    const before = clock.now() - 1;
    const end = own.begin('a');
    expect(own.between('a', before, clock.now() - 1)).toBe(0);
    expect(own.between('a', before, clock.now())).toBe(1);
    clock.advance(60_000);
    expect(own.between('a', clock.now(), clock.now())).toBe(1);
    end(true);
    clock.advance(4_000);
    expect(own.between('a', clock.now(), clock.now() + 1)).toBe(1);
    clock.advance(2_000);
    expect(own.between('a', clock.now(), clock.now() + 1)).toBe(0);
    expect(own.between('a', before, clock.now())).toBe(1);
    expect(own.between('b', before, clock.now())).toBe(0);
  });

  it('do not count where somebody else answered', () => {
    const { clock, own } = start();
    own.begin('a')(false);
    expect(own.between('a', 0, clock.now())).toBe(0);
  });

  it('are too many to tell where more were sent than are remembered', () => {
    const { clock, own } = start();
    const before = clock.now() - 1;
    for (let sent = 0; sent < 1_000; sent++) own.begin('a')(true);
    expect(own.between('a', before, clock.now())).toBe(Number.POSITIVE_INFINITY);
    clock.advance(60_000);
    const later = clock.now();
    own.begin('a')(true);
    expect(own.between('a', later, clock.now())).toBe(1);
  });

  it('are forgotten after an hour', () => {
    const { clock, own } = start();
    const before = clock.now() - 1;
    own.begin('a')(true);
    clock.advance(3_700_000);
    own.begin('a')(true);
    expect(own.between('a', before, clock.now())).toBe(Number.POSITIVE_INFINITY);
    expect(own.between('a', clock.now() - 60_000, clock.now())).toBe(1);
  });
});
