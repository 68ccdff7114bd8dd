import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventStream, type Frame } from '../../src/sessions/event-stream.js';

/** A reader that takes nothing while it is slow. */
class SlowSink extends EventEmitter {
  readonly written: string[] = [];
  slow = false;
  ended = 0;
  destroyed = 0;
  write(text: string): boolean {
    this.written.push(text);
    return !this.slow;
  }
  end(text = ''): void {
    this.written.push(text);
    this.ended += 1;
  }
  destroy(): void {
    this.destroyed += 1;
  }
  takeAll(): void {
    this.slow = false;
    this.emit('drain');
  }
}

const RETRY = 'retry: 2000\n\n';
const HEARTBEAT = 'event: heartbeat\ndata: {}\n\n';
const frame = (key: number): Frame => ({ key: String(key), text: `state ${key}` });

let sink: SlowSink;
let stream: EventStream;
beforeEach(() => {
  sink = new SlowSink();
  stream = new EventStream(sink);
});

describe('EventStream', () => {
  it('sends a state once', () => {
    for (const key of [1, 1, 2]) stream.send(frame(key));
    expect(sink.written).toEqual([RETRY, 'state 1', 'state 2']);
  });

  it('keeps only the newest state for a slow reader, and no heartbeats', () => {
    sink.slow = true;
    for (let key = 0; key < 100; key += 1) stream.send(frame(key));
    stream.heartbeat();
    expect(sink.written).toEqual([RETRY, 'state 0']);
    sink.takeAll();
    stream.heartbeat();
    expect(sink.written).toEqual([RETRY, 'state 0', 'state 99', HEARTBEAT]);
  });

  it('cuts a reader off that has taken nothing for two heartbeats, and writes nothing after that', () => {
    sink.slow = true;
    stream.send(frame(1));
    stream.heartbeat();
    expect(sink.destroyed).toBe(0);
    stream.heartbeat();
    expect(sink.destroyed).toBe(1);
    sink.takeAll();
    stream.send(frame(2));
    stream.heartbeat();
    stream.end();
    expect([sink.written, sink.ended, sink.destroyed]).toEqual([[RETRY, 'state 1'], 0, 1]);
  });

  it('gives a reader who takes something in between its time again', () => {
    for (let round = 0; round < 3; round += 1) {
      sink.slow = true;
      stream.send(frame(round));
      stream.heartbeat();
      sink.takeAll();
    }
    expect(sink.destroyed).toBe(0);
  });

  it('ends once, and writes nothing after that', () => {
    stream.end('the end');
    stream.end();
    stream.send(frame(1));
    stream.heartbeat();
    expect([sink.written, sink.ended]).toEqual([[RETRY, 'the end'], 1]);
  });
});
