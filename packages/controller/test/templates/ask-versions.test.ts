import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ObjectCache } from '@mooring/resources';
import type { WorkQueue } from '../../src/runtime/work-queue.js';
import { askVersions } from '../../src/templates/ask-versions.js';

const named = (name: string, versionUrl?: string) => ({ metadata: { name }, spec: { image: { name: 'kbase/narrative', versionUrl } } });

describe('versions', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: Date.UTC(2030, 0, 1, 12, 0, 30) });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('are asked for at each full minute, where an address says them, until it is ended', async () => {
    const asked: string[] = [];
    const there = [named('fixed')];
    let changed = (): void => undefined;
    const templates = {
      list: () => there,
      subscribe: (listener: () => void) => {
        changed = listener;
        return () => undefined;
      },
    };
    const stop = askVersions(
      { add: (name: string) => asked.push(name) } as unknown as WorkQueue,
      templates as unknown as ObjectCache<'SessionTemplate'>,
    );
    expect(jest.getTimerCount()).toBe(0);
    there.push(named('told', 'http://127.0.0.1/version'));
    changed();
    await jest.advanceTimersByTimeAsync(29_000);
    expect(asked).toEqual([]);
    await jest.advanceTimersByTimeAsync(62_000);
    expect(asked).toEqual(['told', 'told']);
    await stop();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(asked).toEqual(['told', 'told']);
  });
});
