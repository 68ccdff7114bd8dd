import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { byTurn, type CacheEvent, instantiate, isQueued, POOL_LABEL, QUEUED, type Session, turnOf } from '@mooring/resources';
import fc from 'fast-check';
import { sessionNames } from '../../src/narrative/names.js';
import { StartLine } from '../../src/sessions/start-line.js';
import { as, JSON_HEADERS, type TestFront, template, testFront } from '../support/front.js';

const queuedStatus = (reason: string): Session['status'] => ({
  phase: 'Pending',
  conditions: [{ type: 'Ready', status: 'False', reason, message: '', lastTransitionTime: new Date(0).toISOString() }],
});

function aSession(uid: string, { at, reason, warm = false }: { at: number; reason: string; warm?: boolean }): Session {
  const { spec } = instantiate(template, { name: uid, owner: uid });
  const labels: Record<string, string> = warm ? { [POOL_LABEL]: 'narrative' } : {};
  return {
    metadata: { name: uid, uid, labels, annotations: {}, creationTimestamp: new Date(at).toISOString() },
    spec: { ...spec, running: true },
    status: queuedStatus(reason),
  } as unknown as Session;
}

describe('StartLine', () => {
  const change = fc.record({
    uid: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    at: fc.integer({ min: 0, max: 3 }),
    reason: fc.constantFrom(QUEUED, 'NoContainer'),
    warm: fc.boolean(),
    gone: fc.boolean(),
  });

  it('has those in order that wait, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        let tell: (event: CacheEvent<'Session'>) => void = () => undefined;
        const all = new Map<string, Session>();
        const subscribe = (listener: typeof tell) => {
          tell = listener;
          return () => undefined;
        };
        const sessions = { get: () => undefined, byUid: () => undefined, labelled: () => [], list: () => [], subscribe };
        const line = new StartLine({ sessions, settleMs: 60_000 });
        for (const { uid, gone, ...rest } of changes) {
          const object = aSession(uid, rest);
          tell({ type: gone ? 'DELETED' : 'MODIFIED', object });
          if (gone) all.delete(uid);
          else all.set(uid, object);
          const expected = [...all.values()].filter((session) => isQueued(session) && !turnOf(session).isWarm).map(turnOf);
          expected.sort(byTurn);
          for (const session of all.values()) {
            const index = expected.findIndex((turn) => turn.uid === session.metadata.uid);
            expect(line.placeOf(session)).toEqual(index < 0 ? undefined : { place: index + 1, of: expected.length });
          }
        }
        line.close();
      }),
    );
  });
});

describe('the place in the queue', () => {
  let front: TestFront;
  const controllers: AbortController[] = [];
  beforeEach(async () => {
    front = await testFront();
  });
  afterEach(async () => {
    for (const controller of controllers.splice(0)) controller.abort();
    await front.app.close();
  });

  const nameOf = (user: string): string => sessionNames('narrative-{}', user)[0] ?? '';

  /** Somebody wants a session, which has to wait; wanted so many seconds after the first. */
  async function wait(user: string, second: number): Promise<void> {
    await front.app.inject(as(user));
    front.store.change(nameOf(user), (session) => {
      session.metadata.creationTimestamp = new Date(second * 1_000).toISOString();
      session.status = queuedStatus(QUEUED);
    });
  }

  it('is told in the view, on the page, and to whoever asks, until it is their turn', async () => {
    await wait('ada', 1);
    await wait('bob', 0);
    const json = async (user: string) => (await front.app.inject(as(user, { headers: JSON_HEADERS }))).json();
    expect(await json('ada')).toMatchObject({ phase: 'Pending', queue: { place: 2, of: 2 } });
    expect((await front.app.inject(as('ada'))).body).toContain('<span class="place" id="place">2</span>');
    const asked = await front.app.inject(as('bob', { url: `/narrative_session/${nameOf('bob')}` }));
    expect(asked.json()).toMatchObject({ queue: { place: 1, of: 2 } });
    front.store.change(nameOf('bob'), ({ status }) => {
      status.conditions = [];
    });
    expect(await json('bob')).not.toHaveProperty('queue');
    expect(await json('ada')).toMatchObject({ queue: { place: 1, of: 1 } });
  });

  it('is told to whoever follows a session when others move, without a write to it', async () => {
    await wait('bob', 0);
    await wait('ada', 1);
    const address = await front.app.listen({ host: '127.0.0.1', port: 0 });
    const controller = new AbortController();
    controllers.push(controller);
    const response = await fetch(`${address}/narrative_session/${nameOf('ada')}/events`, {
      headers: { cookie: 'kbase_session=token-ada' },
      signal: controller.signal,
    });
    const reader = response.body?.getReader();
    let text = '';
    const until = async (pattern: RegExp) => {
      while (!pattern.test(text)) text += new TextDecoder().decode((await reader?.read())?.value);
    };
    await until(/"queue":\{"place":2,"of":2\}/);
    const version = front.store.all().find(({ metadata }) => metadata.name === nameOf('ada'))?.metadata.resourceVersion;
    front.store.remove(nameOf('bob'));
    await until(/"queue":\{"place":1,"of":1\}/);
    expect(front.store.all().find(({ metadata }) => metadata.name === nameOf('ada'))?.metadata.resourceVersion).toBe(version);
    expect(text.match(/event: status/g)).toHaveLength(2);
  });
});

describe('byTurn', () => {
  const turn = fc.record({ uid: fc.constantFrom('a', 'b', 'c'), isWarm: fc.boolean(), wantedAt: fc.integer({ min: 0, max: 2 }) });

  it('is a total order', () => {
    fc.assert(
      fc.property(turn, turn, turn, (a, b, c) => {
        expect(Math.sign(byTurn(a, b)) + Math.sign(byTurn(b, a))).toBe(0);
        if (byTurn(a, b) <= 0 && byTurn(b, c) <= 0) expect(byTurn(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
