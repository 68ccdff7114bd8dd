import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IMPORTED_OWNER } from '@mooring/resources';
import { localProvider, type TestFront, testFront } from '../support/front.js';
import { openSession, signedIn, site } from './site.js';

const PAGE = { host: 'lab.example', origin: 'https://lab.example' };

let front: TestFront;
beforeEach(async () => {
  front = await site();
});
afterEach(() => front.app.close());

const end = (token: string, user = '', headers: Record<string, string> = PAGE) =>
  front.app.inject(signedIn(token, { method: 'DELETE', url: `/narrative_shutdown/${user}`, headers }));
const isEnding = (user: string) => front.store.all().some(({ metadata, spec }) => spec.owner.name === user && metadata.deletionTimestamp);

describe('DELETE /narrative_shutdown/', () => {
  it('ends the caller’s own session: 200, Service X deleted', async () => {
    await openSession(front, 'ada');
    await openSession(front, 'bob');
    const answer = await end('token-ada');
    expect([answer.statusCode, answer.body]).toEqual([200, 'Service narrative-ada-e4ea29 deleted']);
    expect(answer.headers['content-type']).toContain('text/plain');
    expect([isEnding('ada'), isEnding('bob')]).toEqual([true, false]);
    const [ada] = front.store.all().filter(({ spec }) => spec.owner.name === 'ada');
    expect(ada?.metadata.annotations['mooring.dev/request-id']).toBe(answer.headers['x-request-id']);
  });

  it('401 without a token, and with one that is rejected', async () => {
    for (const request of [end('made-up'), front.app.inject({ method: 'DELETE', url: '/narrative_shutdown/', headers: PAGE })]) {
      const answer = await request;
      expect([answer.statusCode, answer.body]).toEqual([401, 'Valid kbase authentication token required']);
    }
  });

  it('404 where the person has no session', async () => {
    await openSession(front, 'bob');
    const answer = await end('token-ada');
    expect([answer.statusCode, answer.body]).toEqual([404, 'No sessions found for user']);
  });

  it('differs: the same again while it is being deleted, and one trace of it', async () => {
    await openSession(front, 'ada');
    const answers = [await end('token-ada'), await end('token-ada')];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(front.store.events).toMatchObject([{ spec: { reason: 'ShutdownRequested', note: 'ada asked for its end.' } }]);
  });

  it('takes one’s own name, and without the slash, too', async () => {
    await openSession(front, 'ada');
    expect((await end('token-ada', 'ada')).statusCode).toBe(200);
    const bare = signedIn('token-ada', { method: 'DELETE', url: '/narrative_shutdown', headers: PAGE });
    expect((await front.app.inject(bare)).statusCode).toBe(200);
  });

  it('finds a session that was imported and not opened since', async () => {
    const { metadata } = await openSession(front, 'ada');
    front.store.change(metadata.name, ({ spec }) => {
      spec.owner.name = IMPORTED_OWNER;
    });
    expect((await end('token-ada')).statusCode).toBe(200);
  });

  it('differs: 403 for another’s name without the status role; there the caller’s own session went', async () => {
    await openSession(front, 'ada');
    await openSession(front, 'bob');
    const answer = await end('token-bob', 'ada');
    expect([answer.statusCode, answer.body]).toEqual([403, 'Only administrators may name another user']);
    expect([isEnding('ada'), isEnding('bob')]).toEqual([false, false]);
  });

  it('differs: people with the status role end another’s, and it is written down who did', async () => {
    await openSession(front, 'ada');
    const answer = await end('token-eve-ops', 'ada');
    expect([answer.statusCode, answer.body]).toEqual([200, 'Service narrative-ada-e4ea29 deleted']);
    expect(isEnding('ada')).toBe(true);
    expect(front.store.events).toMatchObject([{ spec: { regarding: { name: 'narrative-ada-e4ea29' }, note: 'eve asked for its end.' } }]);
    expect((await end('token-eve-ops', 'nobody')).statusCode).toBe(404);
  });

  it('differs: 503 where the sign-in service can’t be asked, not 401', async () => {
    expect((await end('down')).statusCode).toBe(503);
  });

  it('differs: what could not be recorded is no success', async () => {
    await openSession(front, 'ada');
    front.store.beforeWrite = () => {
      throw new Error('disk full');
    };
    const answer = await end('token-ada');
    expect([answer.statusCode, answer.body.includes('disk full')]).toEqual([500, false]);
  });

  it('looks again where the session was replaced meanwhile', async () => {
    const { metadata } = await openSession(front, 'ada');
    let once = true;
    front.store.beforeWrite = () => {
      if (!once) return;
      once = false;
      front.store.change(metadata.name, (session) => {
        session.metadata.uid = '00000000-0000-4000-8000-000000000000';
      });
    };
    expect((await end('token-ada')).statusCode).toBe(200);
    expect(isEnding('ada')).toBe(true);
  });

  it('tells programs that ask for JSON the same as JSON', async () => {
    await openSession(front, 'ada');
    const json = { ...PAGE, accept: 'application/json' };
    expect((await end('token-ada', '', json)).json()).toEqual({ name: 'narrative-ada-e4ea29', phase: 'Terminating' });
    expect((await end('token-bob', '', json)).json()).toMatchObject({ status: 404, code: 'no-session' });
    expect((await end('token-bob', 'ada', json)).json()).toMatchObject({ status: 403, code: 'not-yours' });
  });

  it('takes DELETE only', async () => {
    for (const method of ['GET', 'POST'] as const)
      expect((await front.app.inject(signedIn('token-ada', { method, url: '/narrative_shutdown/', headers: PAGE }))).statusCode).toBe(404);
  });
});

describe('differs: who may send it', () => {
  const FOREIGN: Record<string, string>[] = [
    { host: 'lab.example', origin: 'https://evil.example' },
    { host: 'lab.example', origin: 'null' },
    { host: 'lab.example', 'sec-fetch-site': 'cross-site' },
    { host: 'lab.example', 'sec-fetch-site': 'same-site' },
    { ...PAGE, 'sec-fetch-site': 'cross-site' },
    { host: 'lab.example', 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
  ];

  it.each(FOREIGN)('no page of another site, whatever it shows: %j', async (headers) => {
    await openSession(front, 'ada');
    expect((await end('token-ada', '', headers)).json().code).toBe('foreign-origin');
    const bearer = { ...headers, authorization: 'Bearer token-ada' };
    expect((await end('made-up', '', bearer)).json().code).toBe('foreign-origin');
    expect(isEnding('ada')).toBeFalsy();
  });

  it.each<Record<string, string>>([PAGE, { 'sec-fetch-site': 'same-origin' }, { ...PAGE, 'sec-fetch-site': 'same-origin' }])(
    'our own pages: %j',
    async (headers) => {
      await openSession(front, 'ada');
      expect((await end('token-ada', '', headers)).statusCode).toBe(200);
    },
  );

  it('a program with its token in Authorization, not in the cookie', async () => {
    await openSession(front, 'ada');
    const cookie = await end('token-ada', '', {});
    expect([cookie.statusCode, cookie.json().code]).toEqual([403, 'unknown-origin']);
    for (const authorization of ['token-ada', 'Bearer token-ada'])
      expect((await front.app.inject({ method: 'DELETE', url: '/narrative_shutdown/', headers: { authorization } })).statusCode).toBe(200);
  });

  it('on one machine, any program', async () => {
    const provider = localProvider();
    const local = await testFront({ local: provider });
    const cookies = { kbase_session: provider.issue('ada') };
    await local.app.inject({ url: '/narrative/', headers: { accept: 'application/json' }, cookies });
    expect((await local.app.inject({ method: 'DELETE', url: '/narrative_shutdown/', cookies })).statusCode).toBe(200);
    const foreign = await local.app.inject({ method: 'DELETE', url: '/narrative_shutdown/', cookies, headers: FOREIGN[0] ?? {} });
    expect(foreign.statusCode).toBe(403);
    await local.app.close();
  });
});
