import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiFront, apiFront, ready } from '../support/api-front.js';

interface Told {
  event: string;
  id: string | undefined;
  data: { type: string; object?: { metadata: { name: string }; status: { phase: string } }; resourceVersion?: string };
}

/** One server-sent stream, read as browsers do. */
class Watch {
  status = 0;
  ended = false;
  #text = '';

  constructor(
    readonly front: ApiFront,
    user: string,
    query: string,
    headers: Record<string, string> = {},
  ) {
    const { port } = front.app.server.address() as AddressInfo;
    const path = `/api/v1/watch/sessions${query}`;
    const sent = request({ host: '127.0.0.1', port, path, headers: { authorization: `Bearer token-${user}`, ...headers } }, (answer) => {
      this.status = answer.statusCode ?? 0;
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        this.#text += chunk;
      });
      answer.on('close', () => {
        this.ended = true;
      });
    });
    sent.on('error', () => {
      this.ended = true;
    });
    sent.end();
    open.push(() => sent.destroy());
  }

  get told(): Told[] {
    return this.#text.split('\n\n').flatMap((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      return data === undefined ? [] : [{ event: field('event') ?? '', id: field('id'), data: JSON.parse(data) }];
    });
  }

  /** What was told of sessions. */
  get changes(): string[] {
    return this.told.flatMap(({ event, data }) =>
      data.object ? [`${event} ${data.object.metadata.name} ${data.object.status.phase}`] : [],
    );
  }

  async until(condition: (watch: this) => boolean): Promise<void> {
    for (const end = Date.now() + 5_000; !condition(this); ) {
      if (Date.now() > end) throw new Error(`in vain; told so far: ${this.status} ${this.#text}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

const open: (() => void)[] = [];
let front: ApiFront;
const start = async (watches = {}): Promise<void> => {
  front = await apiFront({ api: { watches } });
  await front.app.listen({ host: '127.0.0.1', port: 0 });
  await front.add('narrative-ada', { owner: { name: 'ada' } });
};
beforeEach(() => start());
afterEach(async () => {
  for (const close of open.splice(0)) close();
  await front.close();
});

const position = () => front.sessions.resourceVersion;

describe('GET /api/v1/watch/sessions', () => {
  it('begins with what there is, then tells each change', async () => {
    const watch = new Watch(front, 'ada', '');
    await watch.until(({ told }) => told.length === 2);
    expect(watch.told.map(({ event, id }) => [event, id])).toEqual([
      ['ADDED', undefined],
      ['BOOKMARK', position()],
    ]);
    await front.change('narrative-ada', ready);
    await front.store.delete('Session', 'narrative-ada');
    await watch.until(({ changes }) => changes.at(-1)?.startsWith('DELETED') === true);
    expect(watch.changes.slice(0, 1)).toEqual(['ADDED narrative-ada Pending']);
    expect(watch.changes.slice(-2)).toEqual(['MODIFIED narrative-ada Ready', 'DELETED narrative-ada Ready']);
  });

  it('goes on from a list, and from the last event that was seen', async () => {
    const { metadata } = (await front.ask('ada', '/sessions')).json();
    await front.change('narrative-ada', ready);
    const watch = new Watch(front, 'ada', `?resourceVersion=${metadata.resourceVersion}`);
    await watch.until(({ changes }) => changes.includes('MODIFIED narrative-ada Ready'));
    expect(watch.changes.some((change) => change.startsWith('ADDED'))).toBe(false);
    const last = watch.told.findLast(({ id }) => id !== undefined)?.id as string;
    await front.store.delete('Session', 'narrative-ada');
    const again = new Watch(front, 'ada', '?resourceVersion=1', { 'last-event-id': last });
    await again.until(({ changes }) => changes.length > 0);
    expect(again.changes).toEqual(['DELETED narrative-ada Ready']);
  });

  it.each(['999999', '0'])('says that a position (%s) is not known: list again', async (resourceVersion) => {
    const answer = await front.ask('ada', `/watch/sessions?resourceVersion=${resourceVersion}`);
    expect(answer.json()).toMatchObject({ status: 410, code: 'expired', detail: expect.stringContaining('List the sessions again') });
  });

  it('forgets changes beyond its limit', async () => {
    await front.close();
    await start({ maxChanges: 2 });
    const before = position();
    for (let turn = 0; turn < 6; turn++) {
      await front.change('narrative-ada', ({ metadata }) => {
        metadata.annotations.turn = `${turn}`;
      });
    }
    expect((await front.ask('ada', `/watch/sessions?resourceVersion=${before}`)).statusCode).toBe(410);
    const watch = new Watch(front, 'ada', `?resourceVersion=${Number(position()) - 1}`);
    await watch.until(({ changes }) => changes.length === 1);
  });

  it('tells people of their own, and of one that becomes theirs as of a new one', async () => {
    await front.add('narrativepre-x', { pool: 'narrative' });
    const [ada, root] = [new Watch(front, 'ada', `?resourceVersion=${position()}`), new Watch(front, 'root', `?owner=system:pool`)];
    await root.until(({ changes }) => changes.includes('ADDED narrativepre-x Pending'));
    await ada.until(({ status }) => status === 200);
    const warm = structuredClone(await front.store.get('Session', 'narrativepre-x'));
    if (warm === undefined) throw new Error('it is gone');
    await front.store.rename(
      'Session',
      { ...warm, metadata: { ...warm.metadata, labels: {} }, spec: { ...warm.spec, owner: { name: 'ada' } } },
      'narrative-ada2',
    );
    await ada.until(({ changes }) => changes.includes('ADDED narrative-ada2 Pending'));
    await root.until(({ changes }) => changes.includes('DELETED narrative-ada2 Pending'));
    await front.add('narrative-bob', { owner: { name: 'bob' } });
    await front.change('narrative-ada', ready);
    await ada.until(({ changes }) => changes.some((change) => change.endsWith('Ready')));
    expect(ada.changes.filter((change) => change.includes('bob'))).toEqual([]);
  });

  it('tells the position now and then, though nothing in sight changes', async () => {
    await front.close();
    await start({ heartbeatMs: 20 });
    const watch = new Watch(front, 'eve', '');
    await watch.until(({ told }) => told.length > 0);
    await front.change('narrative-ada', ready);
    await watch.until(({ told }) => told.at(-1)?.id === position());
    expect(watch.changes).toEqual([]);
  });

  it('ends after its time, and when the front closes', async () => {
    const [short, long] = [new Watch(front, 'ada', '?timeoutSeconds=1'), new Watch(front, 'ada', '')];
    await short.until(({ ended }) => ended);
    expect([short.status, long.ended]).toEqual([200, false]);
    await front.app.close();
    await long.until(({ ended }) => ended);
  });

  it('has room for so many of one person', async () => {
    await front.close();
    await start({ maxPerPerson: 1 });
    const first = new Watch(front, 'ada', '');
    await first.until(({ told }) => told.length > 0);
    const refused = await front.ask('ada', '/watch/sessions');
    expect([refused.statusCode, refused.headers['retry-after'], refused.json().code]).toEqual([429, '5', 'too-many-streams']);
  });
});
