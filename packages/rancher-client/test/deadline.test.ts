import { getEventListeners, getMaxListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { startDeadline } from '../src/http/deadline.js';

describe('startDeadline', () => {
  it('takes many calls with one parent for no leak, and leaves nothing at the parent when they are over', () => {
    const parent = new AbortController();
    const deadlines = Array.from({ length: 40 }, () => startDeadline(60_000, [parent.signal]));
    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(40);
    expect(getMaxListeners(parent.signal)).toBe(Number.POSITIVE_INFINITY);
    for (const deadline of deadlines) deadline.release();
    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
  });

  it('fires with its parent, and tells that from its own time', () => {
    const parent = new AbortController();
    const deadline = startDeadline(60_000, [undefined, parent.signal]);
    parent.abort(new Error('stopped'));
    expect(deadline.signal.reason).toEqual(new Error('stopped'));
    expect(deadline.expired).toBe(false);
    deadline.release();
  });
});
