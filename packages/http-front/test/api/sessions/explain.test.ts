import { afterEach, describe, expect, it } from '@jest/globals';
import { type Explanation, recordEvent } from '@mooring/resources';
import { type ApiFront, apiFront } from '../support/api-front.js';

const EXPLANATION: Explanation = { session: 'narrative-ada', owner: 'ada', phase: 'Ready', why: 'It is used.', conditions: [], events: [] };

let front: ApiFront;
afterEach(() => front.close());

describe('what happened to a session', () => {
  it('is told, the newest first', async () => {
    front = await apiFront();
    const session = await front.add('narrative-ada', { owner: { name: 'ada' } });
    const happening = { note: 'Nobody uses it.', reportingController: 'idle', readings: { front: 'quiet' } };
    await recordEvent(front.store, session, { ...happening, reason: 'Marked' });
    await recordEvent(front.store, session, { ...happening, reason: 'Unmarked', type: 'Warning' });
    const { kind, items } = (await front.ask('ada', '/sessions/narrative-ada/events')).json();
    expect(kind).toBe('EventList');
    const common = { ...happening, name: expect.any(String), at: '2030-01-02T03:04:05.678Z' };
    expect(items).toEqual([
      { ...common, reason: 'Unmarked', type: 'Warning' },
      { ...common, reason: 'Marked', type: 'Normal' },
    ]);
  });
});

describe('what its container wrote', () => {
  it('is told a line each, as many as are asked for', async () => {
    const tail = async (_session: string, lines: number) => ({ kind: 'lines' as const, lines: ['one', `of ${lines}`, '<script>'] });
    front = await apiFront({ api: { tail } });
    await front.add('narrative-ada', { owner: { name: 'ada' } });
    const answer = await front.ask('ada', '/sessions/narrative-ada/log?tailLines=7');
    expect([answer.headers['content-type'], answer.body]).toEqual(['text/plain; charset=utf-8', 'one\nof 7\n<script>\n']);
    expect((await front.ask('eve', '/sessions/narrative-ada/log')).statusCode).toBe(404);
    const told = () => front.logs().match(/"action":"session.log","who":"root","whose":"ada","session":"narrative-ada"/g);
    expect(told()).toBeNull();
    for (let turn = 0; turn < 2; turn++) expect((await front.ask('root', '/sessions/narrative-ada/log')).statusCode).toBe(200);
    front.clock.now += 3_600_000;
    await front.ask('root', '/sessions/narrative-ada/log');
    expect(told()).toHaveLength(2);
    expect((await front.ask('ada', '/sessions/narrative-ada/log?tailLines=1001')).json().detail).toContain(
      'tailLines must be at most 1000',
    );
  });

  it.each([
    [undefined, 404, 'no-session'],
    [{ kind: 'none' as const }, 404, 'no-container'],
    [{ kind: 'unavailable' as const, why: 'Rancher at 10.1.2.3 is away.' }, 503, 'log-unavailable'],
  ])('is nothing where there is none: %j', async (tail, status, code) => {
    front = await apiFront({ api: { tail: async () => tail } });
    await front.add('narrative-ada', { owner: { name: 'ada' } });
    const answer = await front.ask('ada', '/sessions/narrative-ada/log');
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(answer.body).not.toContain('10.1.2.3');
  });
});

describe('why it is as it is', () => {
  it('is told to its owner only, as the controller explains it', async () => {
    front = await apiFront({ api: { explain: async (name) => ({ ...EXPLANATION, session: name }) } });
    await front.add('narrative-ada', { owner: { name: 'ada' } });
    expect((await front.ask('ada', '/sessions/narrative-ada/explanation')).json()).toEqual(EXPLANATION);
    expect((await front.ask('eve', '/sessions/narrative-ada/explanation')).statusCode).toBe(404);
  });

  it('is nothing where it has gone meanwhile', async () => {
    front = await apiFront();
    await front.add('narrative-ada', { owner: { name: 'ada' } });
    expect((await front.ask('ada', '/sessions/narrative-ada/explanation')).json().code).toBe('no-session');
  });
});
