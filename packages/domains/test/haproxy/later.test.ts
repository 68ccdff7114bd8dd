import { describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { delayAfter, LaterWrite } from '../../src/haproxy/later.js';
import { HeldClock } from '../support/held-clock.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('files that follow later', () => {
  function place(write: () => Promise<void> = async () => undefined) {
    const clock = new HeldClock();
    const written: number[] = [];
    const later: LaterWrite = new LaterWrite({
      write: async () => {
        await write();
        written.push(clock.now());
        later.settle(100);
      },
      clock,
      logger: quietLogger(),
    });
    return { clock, later, written };
  }

  it('are written rarely where that takes long, and never are behind for long', () => {
    expect([0, 10, 20, 100, 200, 5_000].map(delayAfter)).toEqual([1_000, 1_000, 1_000, 5_000, 10_000, 10_000]);
  });

  it('are written once for many changes, a while after the first', async () => {
    const { clock, later, written } = place();
    for (let change = 0; change < 5; change++) later.note();
    expect(clock.pauses).toEqual([1_000]);
    clock.go();
    await turn();
    expect([written, later.isBehind, clock.pauses]).toEqual([[1_000], false, []]);
    later.note();
    expect(clock.pauses).toEqual([5_000]);
  });

  it('are not written where somebody else has done it', () => {
    const { clock, later, written } = place();
    later.note();
    later.settle(0);
    expect([clock.pauses, later.isBehind, written]).toEqual([[], false, []]);
  });

  it('are tried again, and say why they could not be written', async () => {
    let isFull = true;
    const { clock, later, written } = place(async () => {
      if (isFull) throw new Error('no space left');
    });
    later.note();
    await later.flush();
    expect([later.problem, later.isBehind, clock.pauses]).toEqual(['no space left', true, [1_000]]);
    isFull = false;
    clock.go();
    await turn();
    expect([later.problem, later.isBehind, written]).toEqual([undefined, false, [1_000]]);
  });

  it('that are to be there now are not waited for longer than for whoever writes them', async () => {
    const { later } = place(() => new Promise(() => undefined));
    later.note();
    const flushed = later.flush();
    later.settle(0);
    await flushed;
    await later.flush();
  });
});
