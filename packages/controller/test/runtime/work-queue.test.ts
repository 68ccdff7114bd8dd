import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WorkQueue } from '../../src/runtime/work-queue.js';
import { FakeClock } from './fake-clock.js';

const make = () => {
  const clock = new FakeClock();
  return { clock, queue: new WorkQueue({ clock, random: () => 1 }) };
};

describe('WorkQueue', () => {
  it('hands keys out in the order in which they came, each once', async () => {
    const { queue } = make();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect(queue.depth).toBe(2);
    expect([await queue.take(), await queue.take()]).toEqual(['a', 'b']);
  });

  it('never hands a key out twice at once, and hands it out again if it was added meanwhile', async () => {
    const { queue } = make();
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.add('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(queue.depth).toBe(1);
    expect(await queue.take()).toBe('a');
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  it('gives a key to who waits for one', async () => {
    const { queue } = make();
    const taken = queue.take();
    queue.add('a');
    expect(await taken).toBe('a');
  });

  it('adds after a delay, and keeps the earlier of two', () => {
    const { queue, clock } = make();
    queue.addAfter('a', 100);
    queue.addAfter('a', 50);
    queue.addAfter('a', 70);
    clock.advance(49);
    expect(queue.depth).toBe(0);
    clock.advance(1);
    expect(queue.depth).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('doubles the delay with each failure in a row and starts over after forget', async () => {
    const { queue, clock } = make();
    const dueAfter = async (): Promise<number> => {
      const before = clock.now();
      while (queue.depth === 0) clock.advance(1);
      queue.done((await queue.take()) as string);
      return clock.now() - before;
    };
    const delays: number[] = [];
    for (let failure = 0; failure < 5; failure++) {
      queue.addRateLimited('a');
      delays.push(await dueAfter());
    }
    queue.forget('a');
    queue.addRateLimited('a');
    expect([...delays, await dueAfter()]).toEqual([5, 10, 20, 40, 80, 5]);
  });

  it('hands out what a list added behind what there is news of', async () => {
    const { queue } = make();
    for (const key of ['a', 'b', 'c']) queue.addLater(key);
    queue.add('d');
    queue.add('b');
    queue.addLater('d');
    expect(queue.depth).toBe(4);
    expect(await Promise.all([1, 2, 3, 4].map(() => queue.take()))).toEqual(['d', 'b', 'a', 'c']);
    expect(queue.depth).toBe(0);
  });

  it('hands out what a list added while it was worked on, or to who waits', async () => {
    const { queue } = make();
    const taken = queue.take();
    queue.addLater('a');
    expect(await taken).toBe('a');
    queue.addLater('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(await queue.take()).toBe('a');
  });

  it('gives undefined to everybody once it is shut down, and takes nothing any more', async () => {
    const { queue, clock } = make();
    const waiting = queue.take();
    queue.addAfter('a', 10);
    queue.shutDown();
    queue.add('b');
    expect(await waiting).toBeUndefined();
    expect(await queue.take()).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it('loses no key and never works on one twice at once, whatever happens in whatever order', async () => {
    const action = fc.oneof(
      fc.record({ type: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ type: fc.constant('take' as const) }),
      fc.record({ type: fc.constant('done' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
        const { queue } = make();
        const wanted = new Set<string>();
        const working: string[] = [];
        for (const step of actions) {
          if (step.type === 'add') {
            queue.add(step.key);
            wanted.add(step.key);
          } else if (step.type === 'take' && queue.depth > 0) {
            const key = (await queue.take()) as string;
            expect(working).not.toContain(key);
            working.push(key);
            wanted.delete(key);
          } else if (step.type === 'done') {
            const key = working.shift();
            if (key !== undefined) queue.done(key);
          }
        }
        for (const key of working) queue.done(key);
        const left = new Set<string>();
        while (queue.depth > 0) left.add((await queue.take()) as string);
        expect(left).toEqual(wanted);
      }),
    );
  });
});
