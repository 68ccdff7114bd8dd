import { describe, expect, it } from '@jest/globals';
import { Refreshed } from '../../src/identity/refreshed.js';

/** A value that counts how often it was asked for; `fails` and `hangs` say how the next questions go. */
function counted() {
  const state = { now: 0, asked: 0, fails: false, hangs: false };
  const load = async () => {
    state.asked += 1;
    if (state.hangs) return new Promise<number>(() => {});
    if (state.fails) throw new Error('down');
    return state.asked;
  };
  return { state, value: new Refreshed({ load, freshMs: 1_000, staleMs: 100_000, now: () => state.now }) };
}

describe('Refreshed', () => {
  it('asks once for all who wait, and not again while it is fresh', async () => {
    const { state, value } = counted();
    expect(value.peek()).toBeUndefined();
    expect(await Promise.all([value.get(), value.get(), value.get()])).toEqual([1, 1, 1]);
    state.now = 999;
    expect([await value.get(), value.peek(), state.asked]).toEqual([1, 1, 1]);
  });

  it('keeps nobody waiting who can do with the last one', async () => {
    const { state, value } = counted();
    await value.get();
    Object.assign(state, { now: 1_000, hangs: true });
    expect([await value.get(), await value.get(), state.asked]).toEqual([1, 1, 2]);
  });

  it('takes the newer one once it is there', async () => {
    const { state, value } = counted();
    await value.get();
    state.now = 1_000;
    await value.get();
    expect([await value.refresh(), await value.get()]).toEqual([2, 2]);
  });

  it('outlives an outage, in which it asks once in a while, and not for ever', async () => {
    const { state, value } = counted();
    await value.get();
    state.fails = true;
    for (state.now = 1_000; state.now < 3_000; state.now += 100) expect(await value.get()).toBe(1);
    expect([value.failed, state.asked]).toEqual([true, 3]);
    state.now = 100_000;
    await expect(value.get()).rejects.toThrow('down');
    state.fails = false;
    expect(await value.get()).toBe(state.asked);
    expect(value.failed).toBe(false);
  });
});
