import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Session } from '@mooring/resources';
import { EventStream } from '../../src/sessions/event-stream.js';
import { as, type TestFront, testFront } from '../support/front.js';

const NAME = 'narrative-ada-e4ea29';

/** A reader that takes nothing until it is told to. */
class SlowSink extends EventEmitter {
  readonly written: string[] = [];
  slow = false;
  ended = 0;
  write(text: string): boolean {
    this.written.push(text);
    return !this.slow;
  }
  end(text = ''): void {
    this.written.push(text);
    this.ended += 1;
  }
}

let front: TestFront;
let session: Session;
beforeEach(async () => {
  front = await testFront();
  await front.app.inject(as('ada'));
  session = front.store.change(NAME, () => {});
});
afterEach(() => front.app.close());

describe('EventStream', () => {
  it('sends a state once', () => {
    const sink = new SlowSink();
    const stream = new EventStream(sink);
    stream.status(session);
    stream.status(session);
    expect(sink.written).toHaveLength(2);
    expect(sink.written[0]).toBe('retry: 2000\n\n');
    expect(sink.written[1]).toMatch(new RegExp(`^event: status\nid: ${session.metadata.resourceVersion}\ndata: \\{[^\n]*\\}\n\n$`));
  });

  it('keeps only the newest state for a slow reader, and no heartbeats', () => {
    const sink = new SlowSink();
    const stream = new EventStream(sink);
    sink.slow = true;
    stream.status(session);
    for (let change = 0; change < 100; change += 1) stream.status(front.store.change(NAME, () => {}));
    stream.heartbeat();
    expect(sink.written).toHaveLength(2);
    sink.slow = false;
    sink.emit('drain');
    expect(sink.written).toHaveLength(3);
    expect(sink.written[2]).toContain(`id: ${front.store.all()[0]?.metadata.resourceVersion}\n`);
    stream.heartbeat();
    expect(sink.written[3]).toMatch(/^:/);
  });

  it('ends once, and writes nothing after that', () => {
    const sink = new SlowSink();
    const stream = new EventStream(sink);
    stream.gone(session);
    stream.end();
    stream.status(session);
    stream.heartbeat();
    expect(sink.ended).toBe(1);
    expect(sink.written).toEqual(['retry: 2000\n\n', `event: gone\ndata: {"name":"${NAME}"}\n\n`]);
  });
});
