import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { as, type TestFront, type TestFrontOptions, testFront } from '../support/front.js';

const NAME = 'narrative-ada-e4ea29';

let front: TestFront;
let url: string;
let streams: Reader[] = [];

/** Reads an event stream bit by bit. */
class Reader {
  text = '';
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(
    readonly response: Response,
    private readonly controller: AbortController,
  ) {
    this.#reader = response.body?.getReader();
  }

  /** Everything so far, once it matches; fails when the stream ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      const { done, value } = (await this.#reader?.read()) ?? { done: true, value: undefined };
      if (done) throw new Error(`ended before ${pattern}: ${this.text}`);
      this.text += new TextDecoder().decode(value);
    }
    return this.text;
  }

  async end(): Promise<void> {
    for (;;) {
      const chunk = await this.#reader?.read();
      if (chunk === undefined || chunk.done) return;
      this.text += new TextDecoder().decode(chunk.value);
    }
  }

  abort(): void {
    this.controller.abort();
  }
}

async function follow(user = 'ada', name = NAME): Promise<Reader> {
  const controller = new AbortController();
  const response = await fetch(`${url}/narrative_session/${name}/events`, {
    headers: { cookie: `kbase_session=token-${user}` },
    signal: controller.signal,
  });
  const reader = new Reader(response, controller);
  streams.push(reader);
  return reader;
}

async function openStreams(): Promise<string | undefined> {
  return /mooring_front_event_streams (\d+)/.exec(await front.registry.metrics())?.[1];
}

const connections = () => new Promise<number>((resolve) => front.app.server.getConnections((_error, count) => resolve(count)));

/** Polls until the condition holds; fails after five seconds. */
async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('not in five seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function listen(options: TestFrontOptions = {}): Promise<void> {
  front = await testFront({ ...options, settings: { events: { heartbeatMs: 20, maxPerPerson: 2, maxStreams: 3 } } });
  url = await front.app.listen({ host: '127.0.0.1', port: 0 });
  await front.app.inject(as('ada'));
}

beforeEach(async () => {
  streams = [];
  await listen();
});
afterEach(async () => {
  for (const stream of streams) stream.abort();
  await front.app.close();
});

describe('GET /narrative_session/<name>/events', () => {
  it('tells how it is, and every change', async () => {
    const stream = await follow();
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
    expect(stream.response.headers.get('mooring-front')).toBe('1');
    expect(stream.response.headers.get('transfer-encoding')).toBeNull();
    const first = await stream.until(/event: status\n/);
    expect(first).toMatch(/^retry: \d+\n\n/);
    await stream.until(/"phase":"Pending"[^\n]*\n\n/);
    const { metadata } = front.store.makeReady(NAME);
    expect(await stream.until(/"phase":"Ready"[^\n]*\n\n/)).toContain(`id: ${metadata.resourceVersion}\n`);
  });

  it('tells nothing of other sessions, nor any secret', async () => {
    const stream = await follow();
    await front.app.inject(as('bob'));
    front.store.makeReady(NAME);
    await stream.until(/"phase":"Ready"/);
    expect(stream.text).not.toContain('bob');
    for (const session of front.store.all()) expect(stream.text).not.toContain(await front.store.secret(session.metadata.uid));
  });

  it('sends heartbeats', async () => {
    const stream = await follow();
    await stream.until(/\nevent: heartbeat\ndata: {}\n\n(?:.|\n)*\nevent: heartbeat\ndata: {}\n\n/);
  });

  it('tells all who follow a session in the same words', async () => {
    const [one, two] = [await follow(), await follow()];
    front.store.makeReady(NAME);
    const [first, second] = [await one.until(/"phase":"Ready"[^\n]*\n\n/), await two.until(/"phase":"Ready"[^\n]*\n\n/)];
    const ready = (text: string) => /^data: .*"phase":"Ready".*$/m.exec(text)?.[0];
    expect(ready(first)).toBe(ready(second));
  });

  it('says that a session is gone, and ends', async () => {
    const stream = await follow();
    await stream.until(/event: status/);
    front.store.remove(NAME);
    await stream.end();
    expect(stream.text).toContain('event: gone\n');
  });

  it('allows so many to a person, so many in all, and frees what is closed', async () => {
    await front.app.inject(as('bob'));
    await front.app.inject(as('cy'));
    const [bob = '', cy = ''] = front.store
      .all()
      .map(({ metadata }) => metadata.name)
      .slice(1);
    const first = await follow();
    await follow();
    const third = await follow();
    expect([third.response.status, third.response.headers.get('retry-after')]).toEqual([429, '5']);
    expect((await follow('bob', bob)).response.status).toBe(200);
    expect((await follow('cy', cy)).response.status).toBe(429);
    first.abort();
    await eventually(async () => (await openStreams()) === '2');
    expect((await follow('cy', cy)).response.status).toBe(200);
    expect(await openStreams()).toBe('3');
  });

  it('counts nobody who went away before it was known who they are', async () => {
    await front.app.close();
    let asked = 0;
    let tell = (): void => undefined;
    const known = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const identify = async () => {
      asked += 1;
      if (asked > 1) await known;
      return { user: 'ada', roles: [] };
    };
    await listen({ identity: { kind: 'slow', identify } });
    const gone = new AbortController();
    const answer = fetch(`${url}/narrative_session/${NAME}/events`, { headers: { cookie: 'kbase_session=x' }, signal: gone.signal });
    await eventually(async () => asked === 2);
    gone.abort();
    await expect(answer).rejects.toThrow();
    await eventually(async () => (await connections()) === 0);
    tell();
    await follow();
    expect(await openStreams()).toBe('1');
  });

  it('ends when the front closes', async () => {
    const stream = await follow();
    await stream.until(/event: status/);
    const closed = front.app.close();
    await stream.end();
    await closed;
    expect(front.store.listeners).toBe(0);
  });
});
