import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { type Reconcile, runController, TerminalError } from '../../src/runtime/controller.js';
import { RuntimeMetrics } from '../../src/runtime/metrics.js';
import { WorkQueue } from '../../src/runtime/work-queue.js';
import { FakeClock } from './fake-clock.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function start(reconcile: Reconcile, concurrency = 1) {
  const clock = new FakeClock();
  const registry = new Registry();
  const metrics = new RuntimeMetrics(registry);
  const queue = new WorkQueue({ clock, random: () => 1, observer: metrics.forQueue('test') });
  const observer = metrics.forController('test');
  const ended = runController({ name: 'test', queue, reconcile, concurrency, clock, log: quietLogger(), observer });
  const count = async (result: string): Promise<number | undefined> => {
    const { values } = await (
      registry.getSingleMetric('controller_runtime_reconcile_total') as NonNullable<ReturnType<Registry['getSingleMetric']>>
    ).get();
    return values.find(({ labels }) => labels.result === result)?.value;
  };
  return { clock, queue, ended, count };
}

describe('runController', () => {
  it('calls for each key, and again after the delay that was asked for', async () => {
    const keys: string[] = [];
    const { clock, queue, count } = start(async (key) => {
      keys.push(key);
      return keys.length === 1 ? { requeueAfterMs: 1000 } : undefined;
    });
    queue.add('a');
    await turn();
    clock.advance(999);
    await turn();
    expect(keys).toEqual(['a']);
    clock.advance(1);
    await turn();
    expect(keys).toEqual(['a', 'a']);
    expect([await count('requeue_after'), await count('success'), await count('error')]).toEqual([1, 1, 0]);
    queue.shutDown();
  });

  it('tries again after an error, ever later, and starts over after a success', async () => {
    let calls = 0;
    const { clock, queue, count } = start(async () => {
      calls += 1;
      if (calls < 3) throw new Error('not now');
      return undefined;
    });
    queue.add('a');
    await turn();
    clock.advance(5);
    await turn();
    expect(calls).toBe(2);
    clock.advance(5);
    await turn();
    expect(calls).toBe(2);
    clock.advance(5);
    await turn();
    expect(calls).toBe(3);
    expect(await count('error')).toBe(2);
    expect(clock.pending).toBe(0);
    queue.shutDown();
  });

  it('leaves a key alone after a terminal error', async () => {
    const { clock, queue, count } = start(async () => {
      throw new TerminalError('never');
    });
    queue.add('a');
    await turn();
    expect(clock.pending).toBe(0);
    expect(await count('terminal_error')).toBe(1);
    queue.shutDown();
  });

  it('works on as many keys at once as it may, and ends when the last is done', async () => {
    const release: (() => void)[] = [];
    const { queue, ended } = start(async () => {
      await new Promise<void>((resolve) => release.push(resolve));
      return undefined;
    }, 2);
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await turn();
    expect(release).toHaveLength(2);
    queue.shutDown();
    let over = false;
    void ended.then(() => {
      over = true;
    });
    await turn();
    expect(over).toBe(false);
    for (const done of release) done();
    await ended;
    expect(release).toHaveLength(2);
  });
});
