import { describe, expect, it } from '@jest/globals';
import type { Session } from '@mooring/resources';
import { WatchStream } from '../../../src/api/watch/watch-stream.js';

/** A reader who takes nothing until `drain`. */
class SlowSink {
  readonly written: string[] = [];
  full = false;
  #drained: (() => void)[] = [];
  write(text: string): boolean {
    this.written.push(text);
    return !this.full;
  }
  destroyed = false;
  end(): void {}
  destroy(): void {
    this.destroyed = true;
  }
  once(event: 'drain' | 'close', listener: () => void): void {
    if (event === 'drain') this.#drained.push(listener);
  }
  drain(): void {
    this.full = false;
    for (const listener of this.#drained.splice(0)) listener();
  }
  get events(): string[] {
    const blocks = this.written.join('').split('\n\n');
    return blocks.flatMap((block) => {
      const [, event] = /^event: (\w+)/.exec(block) ?? [];
      const [, name] = /"name":"([\w-]+)"/.exec(block) ?? [];
      return event === undefined ? [] : [`${event} ${name ?? /^id: (\d+)/m.exec(block)?.[1]}`];
    });
  }
}

const session = (name: string, resourceVersion = 1): Session =>
  ({
    metadata: {
      ...{ name, uid: name, generation: 1, resourceVersion: `${resourceVersion}`, creationTimestamp: '2030-01-01T00:00:00.000Z' },
      ...{ labels: {}, annotations: {}, finalizers: [] },
    },
    spec: { owner: { name: 'ada' }, launch: { image: 'a' }, route: { type: 'none' }, running: true },
    status: { phase: 'Pending', conditions: [] },
  }) as unknown as Session;

describe('a watch whose reader is slow', () => {
  it('keeps the newest state of each session alone, and a position only for all of it', () => {
    const sink = new SlowSink();
    const stream = new WatchStream(sink, () => true, 1);
    stream.snapshot([session('a')]);
    sink.full = true;
    stream.tell({ event: { type: 'MODIFIED', object: session('a', 2), before: session('a') }, resourceVersion: 2 });
    const written = sink.written.length;
    for (let version = 3; version < 1000; version++)
      stream.tell({ event: { type: 'MODIFIED', object: session('a', version), before: session('a') }, resourceVersion: version });
    stream.tell({ event: { type: 'ADDED', object: session('b', 1000) }, resourceVersion: 1000 });
    stream.tell({ event: { type: 'ADDED', object: session('c', 1001) }, resourceVersion: 1001 });
    stream.tell({ event: { type: 'DELETED', object: session('c', 1002) }, resourceVersion: 1002 });
    stream.bookmark();
    expect(sink.written).toHaveLength(written);
    sink.drain();
    expect(sink.events).toEqual(['ADDED a', 'BOOKMARK 1', 'MODIFIED a', 'MODIFIED a', 'ADDED b', 'BOOKMARK 1002']);
    expect(sink.written.at(-1)).toContain('"resourceVersion":"999"');
  });

  it('is cut off where it takes nothing at all', () => {
    const sink = new SlowSink();
    sink.full = true;
    const stream = new WatchStream(sink, () => true, 7);
    stream.bookmark();
    expect(sink.destroyed).toBe(false);
    stream.bookmark();
    expect(sink.destroyed).toBe(true);
    stream.tell({ event: { type: 'ADDED', object: session('a', 8) }, resourceVersion: 8 });
    sink.drain();
    expect(sink.events).toEqual([]);
  });

  it('gets a long beginning piece by piece', () => {
    const sink = new SlowSink();
    sink.full = true;
    const stream = new WatchStream(sink, () => true, 7);
    sink.drain();
    sink.full = true;
    stream.snapshot(Array.from({ length: 250 }, (_, number) => session(`s${number}`)));
    expect(sink.events).toHaveLength(100);
    sink.drain();
    expect(sink.events).toHaveLength(251);
    expect(sink.events.at(-1)).toBe('BOOKMARK 7');
  });
});
