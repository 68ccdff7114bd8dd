import { describe, expect, it } from '@jest/globals';
import { patiently } from '../../src/serve/patiently.js';

describe('patience', () => {
  it('tries until it works, with growing waits', async () => {
    const waits: number[] = [];
    let tries = 0;
    const attempt = async (): Promise<string> => {
      tries += 1;
      if (tries < 5) throw new Error('not yet');
      return 'there';
    };
    const { signal } = new AbortController();
    expect(await patiently(attempt, { signal, onFailure: (_, waitMs) => waits.push(waitMs), firstMs: 1, maxMs: 4 })).toBe('there');
    expect(waits).toEqual([1, 2, 4, 4]);
  });

  it('ends when it is called off', async () => {
    const callOff = new AbortController();
    const never = patiently(() => Promise.reject(new Error('no')), {
      signal: callOff.signal,
      onFailure: () => callOff.abort(),
      firstMs: 60_000,
    });
    await expect(never).rejects.toThrow();
  });

  it('waits for no attempt that hangs, once it is called off', async () => {
    const callOff = new AbortController();
    const told: unknown[] = [];
    const attempt = (): Promise<string> => {
      setImmediate(() => callOff.abort(new Error('stop')));
      return new Promise(() => undefined);
    };
    await expect(patiently(attempt, { signal: callOff.signal, onFailure: (error) => told.push(error) })).rejects.toThrow('stop');
    expect(told).toEqual([]);
  });
});
