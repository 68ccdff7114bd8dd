import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SERVICE_FINALIZER, type Session, WANTED_ANNOTATION } from '@mooring/resources';
import type { InjectOptions } from 'fastify';
import { type ApiFront, apiFront, NOW, ready } from '../support/api-front.js';

const ADAS = 'narrative-ada-e4ea29';

let front: ApiFront;
beforeEach(async () => {
  front = await apiFront();
});
afterEach(() => front.close());

type Method = NonNullable<InjectOptions['method']>;
const send = (user: string, method: Method, url: string, more: Pick<InjectOptions, 'payload' | 'headers'> = {}) =>
  front.ask(user, url, { method, ...more });
const put = (user: string, name: string, payload: object = {}) => send(user, 'PUT', `/sessions/${name}`, { payload });
const patch = (user: string, name: string, payload: object, headers = {}) => send(user, 'PATCH', `/sessions/${name}`, { payload, headers });
const stored = async (name: string): Promise<Session> => {
  const session = await front.store.get('Session', name);
  if (session === undefined) throw new Error(`no session ${name}`);
  return session;
};
const reasons = async (name: string) => (await front.store.eventsOf((await stored(name)).metadata.uid)).map(({ spec }) => spec.reason);

describe('PUT /api/v1/sessions/<name>', () => {
  it('creates it once, however often it is asked for', async () => {
    const first = await put('ada', ADAS);
    expect([first.statusCode, first.json()]).toMatchObject([
      201,
      { metadata: { name: ADAS }, spec: { owner: { name: 'ada' }, running: true } },
    ]);
    const again = await put('ada', ADAS, { spec: { owner: { name: 'ada' }, templateRef: { name: 'narrative' } } });
    expect([again.statusCode, again.json(), again.headers.etag]).toEqual([200, first.json(), first.headers.etag]);
    const session = await stored(ADAS);
    expect(session.metadata.finalizers).toEqual([SERVICE_FINALIZER]);
    expect(await front.store.secret(session.metadata.uid)).toMatch(/^[0-9a-f]{64}$/);
    expect(front.uses.last(session.metadata.uid)).toBe(NOW);
  });

  it('creates one of many that are asked for at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => put('ada', ADAS)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([...Array(9).fill(200), 201]);
  });

  it('gives a warm one where there is one', async () => {
    const warm = await front.add('narrativepre-x', {
      pool: 'narrative',
      templateRef: { name: 'narrative', generation: 1 },
    });
    await front.change('narrativepre-x', ready);
    const { metadata, status } = (await put('ada', ADAS)).json();
    expect([metadata.uid, metadata.name]).toEqual([warm.metadata.uid, ADAS]);
    expect(status.phase).not.toBe('Pending');
  });

  it.each([
    {
      what: 'another name than the person’s',
      user: 'ada',
      name: 'my-notebook',
      body: {},
      status: 409,
      detail: 'It is called narrative-ada-e4ea29.',
    },
    {
      what: 'another owner, asked for by anybody',
      user: 'eve',
      name: ADAS,
      body: { spec: { owner: { name: 'ada' } } },
      status: 403,
      detail: 'administrators',
    },
    {
      what: 'an owner of the system’s own',
      user: 'root',
      name: ADAS,
      body: { spec: { owner: { name: 'system:pool' } } },
      status: 400,
      detail: 'spec.owner.name must be',
    },
    {
      what: 'another template',
      user: 'ada',
      name: ADAS,
      body: { spec: { templateRef: { name: 'other' } } },
      status: 409,
      detail: 'of the template narrative here',
    },
    {
      what: 'an unknown field',
      user: 'ada',
      name: ADAS,
      body: { spec: { image: 'x' } },
      status: 400,
      detail: 'spec.image is not a known field',
    },
    { what: 'a name that can be none', user: 'ada', name: 'a--b', body: {}, status: 400, detail: 'name must consist of' },
  ])('refuses $what', async ({ user, name, body, status, detail }) => {
    const answer = await put(user, name, body);
    expect([answer.statusCode, answer.json().detail]).toEqual([status, expect.stringContaining(detail)]);
    expect((await front.store.list('Session')).items).toEqual([]);
  });

  it('refuses a name that has somebody else’s, or one that is going', async () => {
    await front.add(ADAS, { owner: { name: 'eve' } });
    expect((await put('ada', ADAS)).json().code).toBe('other-name');
    const longer = (await front.ask('ada', '/me')).json().sessionNames[1];
    expect((await put('ada', longer)).statusCode).toBe(201);
    expect((await send('ada', 'DELETE', `/sessions/${longer}`)).statusCode).toBe(202);
    expect((await put('ada', longer)).json().code).toBe('going');
  });

  it('lets administrators make it for others, and writes that down', async () => {
    expect((await put('root', ADAS, { spec: { owner: { name: 'ada' } } })).statusCode).toBe(201);
    expect(front.logs()).toContain(`"action":"session.create","who":"root","whose":"ada","session":"${ADAS}","outcome":"done"`);
  });
});

describe('PATCH /api/v1/sessions/<name>', () => {
  beforeEach(async () => {
    await put('ada', ADAS);
    await front.change(ADAS, ready);
  });

  it('stops it and starts it again, once each', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const stopped = await patch('ada', ADAS, { spec: { running: false } });
      expect([stopped.statusCode, stopped.json().spec.running]).toEqual([200, false]);
    }
    front.clock.now += 1_000;
    for (let turn = 0; turn < 2; turn++) expect((await patch('ada', ADAS, { spec: { running: true } })).json().spec.running).toBe(true);
    expect(await reasons(ADAS)).toEqual(['StartRequested', 'StopRequested']);
    const { metadata } = await stored(ADAS);
    expect(metadata.annotations[WANTED_ANNOTATION]).toBe(new Date(NOW + 1_000).toISOString());
    expect([metadata.generation, front.uses.last(metadata.uid)]).toEqual([3, NOW + 1_000]);
  });

  it('is bound to a version, if that is said', async () => {
    const { headers, body } = await front.ask('ada', `/sessions/${ADAS}`);
    const { resourceVersion } = JSON.parse(body).metadata;
    await front.change(ADAS, ({ metadata }) => {
      metadata.annotations.note = 'x';
    });
    const late = await patch('ada', ADAS, { spec: { running: false } }, { 'if-match': String(headers.etag) });
    expect([late.statusCode, late.json().code]).toEqual([412, 'changed-meanwhile']);
    const other = await patch('ada', ADAS, { metadata: { resourceVersion }, spec: { running: false } });
    expect([other.statusCode, other.json().code]).toEqual([409, 'other-version']);
    const tag = String((await front.ask('ada', `/sessions/${ADAS}`)).headers.etag);
    expect((await patch('ada', ADAS, { spec: { running: false } }, { 'if-match': tag })).statusCode).toBe(200);
  });

  it.each([
    { what: 'no JSON', payload: 'nonsense', type: 'application/json', status: 400, code: 'bad-json' },
    { what: 'a form', payload: 'running=false', type: 'application/x-www-form-urlencoded', status: 415, code: 'unsupported-media-type' },
    { what: 'nothing', payload: '', type: 'application/json', status: 400, code: 'bad-input' },
    {
      what: 'a word for a boolean',
      payload: '{"spec": {"running": "no"}}',
      type: 'application/merge-patch+json',
      status: 400,
      code: 'bad-input',
    },
    {
      what: 'too much',
      payload: JSON.stringify({ spec: 'x'.repeat(100_000) }),
      type: 'application/json',
      status: 413,
      code: 'body-too-large',
    },
  ])('refuses $what', async ({ payload, type, status, code }) => {
    const answer = await front.ask('ada', `/sessions/${ADAS}`, { method: 'PATCH', payload, headers: { 'content-type': type } });
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it('leaves alone what waits in a pool, and what is going', async () => {
    await front.add('narrativepre-x', { pool: 'narrative' });
    expect((await patch('root', 'narrativepre-x', { spec: { running: false } })).json().code).toBe('in-pool');
    await send('ada', 'DELETE', `/sessions/${ADAS}`);
    expect((await patch('ada', ADAS, { spec: { running: false } })).json().code).toBe('going');
  });
});

describe('POST /api/v1/sessions/<name>/keep', () => {
  it('undoes a mark as opening the page does, and nothing where there is none', async () => {
    await put('ada', ADAS);
    await front.change(ADAS, ready);
    const marked = { type: 'Marked', status: 'True' as const, reason: 'NotUsed', message: 'Nobody uses it.' };
    await front.change(ADAS, ({ status }) => {
      status.conditions.push({ ...marked, lastTransitionTime: new Date(NOW).toISOString() });
    });
    expect((await front.ask('ada', `/sessions/${ADAS}`)).json().status.letGo).toBe(true);
    for (let turn = 0; turn < 2; turn++) {
      const kept = await send('root', 'POST', `/sessions/${ADAS}/keep`);
      expect([kept.statusCode, kept.json().status.letGo]).toEqual([200, false]);
    }
    expect(await reasons(ADAS)).toEqual(['KeepRequested']);
    expect(front.logs().match(/"action":"session.keep"/g)).toHaveLength(1);
  });
});

describe('POST /api/v1/sessions/<name>/retry', () => {
  it('has a start that failed tried again, and leaves others as they are', async () => {
    await put('ada', ADAS);
    const untouched = await stored(ADAS);
    expect((await send('ada', 'POST', `/sessions/${ADAS}/retry`)).statusCode).toBe(200);
    expect(await stored(ADAS)).toEqual(untouched);
    await front.change(ADAS, ({ status }) => {
      status.phase = 'Failed';
    });
    const answer = await send('ada', 'POST', `/sessions/${ADAS}/retry`);
    expect([answer.statusCode, answer.json().metadata.annotations[WANTED_ANNOTATION]]).toEqual([200, new Date(NOW).toISOString()]);
    expect(await reasons(ADAS)).toEqual(['RetryRequested']);
  });
});

describe('POST /api/v1/sessions/<name>/update', () => {
  it('records the wish for what its template has by now; no secret of its environment is told', async () => {
    await put('ada', ADAS);
    const untouched = await stored(ADAS);
    expect((await send('ada', 'POST', `/sessions/${ADAS}/update`)).statusCode).toBe(200);
    expect(await stored(ADAS)).toEqual(untouched);
    await front.change(ADAS, ({ spec }) => {
      spec.launch.image = 'mooring/demo:old';
    });
    const answer = await send('root', 'POST', `/sessions/${ADAS}/update`);
    expect([answer.statusCode, answer.json().spec.image]).toEqual([200, 'mooring/demo:old']);
    expect(answer.body).not.toContain('"update"');
    expect((await stored(ADAS))?.spec.update).toMatchObject({ by: 'Asked', launch: { image: untouched?.spec.launch.image } });
    expect(await reasons(ADAS)).toEqual(['UpdateRequested']);
    expect(front.logs()).toContain('"action":"session.update"');
    expect((await send('eve', 'POST', `/sessions/${ADAS}/update`)).statusCode).toBe(404);
  });
});

describe('DELETE /api/v1/sessions/<name>', () => {
  it('lets it go, as often as it is asked for', async () => {
    await put('ada', ADAS);
    const answers = [await send('ada', 'DELETE', `/sessions/${ADAS}`), await send('ada', 'DELETE', `/sessions/${ADAS}`)];
    for (const answer of answers) expect([answer.statusCode, answer.json().status.phase]).toEqual([202, 'Terminating']);
    expect((await stored(ADAS))?.metadata.annotations['mooring.dev/request-id']).toBe(answers[0]?.headers['x-request-id']);
    expect(await reasons(ADAS)).toEqual(['ShutdownRequested']);
    expect((await send('eve', 'DELETE', `/sessions/${ADAS}`)).statusCode).toBe(404);
  });

  it('tells the same of one that was gone at once', async () => {
    await front.add('narrative-x', { owner: { name: 'ada' } });
    expect((await send('ada', 'DELETE', '/sessions/narrative-x')).json().status.phase).toBe('Terminating');
    expect((await send('ada', 'DELETE', '/sessions/narrative-x')).statusCode).toBe(404);
  });
});

describe('changes', () => {
  it.each(['PUT', 'PATCH', 'DELETE', 'POST'] as const)('are not made by another site’s page: %s', async (method) => {
    await put('ada', ADAS);
    const before = await stored(ADAS);
    const url = method === 'POST' ? `/sessions/${ADAS}/keep` : `/sessions/${ADAS}`;
    const by = (headers: Record<string, string>) =>
      front.app.inject({ method, url: `/api/v1${url}`, headers: { cookie: 'kbase_session=token-ada', ...headers } });
    const foreign: Record<string, string>[] = [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of foreign) {
      const answer = await by(headers);
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'foreign-origin']);
    }
    expect((await by({})).json().code).toBe('unknown-origin');
    expect(await stored(ADAS)).toEqual(before);
  });

  it('meet others who write: they are decided again', async () => {
    await put('ada', ADAS);
    const { update } = front.store;
    let races = 2;
    front.store.update = async (kind, object) => {
      if (races > 0) {
        races -= 1;
        const now = await stored(ADAS);
        await update.call(front.store, 'Session', { ...now, metadata: { ...now.metadata, annotations: { race: `${races}` } } });
      }
      return update.call(front.store, kind, object) as never;
    };
    expect((await patch('ada', ADAS, { spec: { running: false } })).json()).toMatchObject({
      spec: { running: false },
      metadata: { annotations: { race: '0' } },
    });
    races = 100;
    const answer = await patch('ada', ADAS, { spec: { running: true } });
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([503, '1', 'changing']);
  });
});

describe('PATCH /api/v1/warmpools/<name>', () => {
  it('resizes it, for administrators alone, and writes that down', async () => {
    const resize = (user: string, replicas: unknown, headers = {}) =>
      send(user, 'PATCH', '/warmpools/narrative', { payload: { spec: { replicas } }, headers });
    expect((await resize('ada', 3)).statusCode).toBe(403);
    const answer = await resize('root', 3);
    expect([answer.statusCode, answer.json().spec.replicas]).toEqual([200, 3]);
    expect((await front.store.get('WarmPool', 'narrative'))?.spec.replicas).toBe(3);
    expect(front.logs()).toContain('"action":"pool.resize"');
    expect((await resize('root', 1001)).json().detail).toContain('spec.replicas must be 1000 or less (it is 1001)');
    expect((await resize('root', 4, { 'if-match': '"old"' })).statusCode).toBe(412);
    expect((await resize('root', 4, { 'if-match': String(answer.headers.etag) })).statusCode).toBe(200);
    expect((await send('root', 'PATCH', '/warmpools/other', { payload: { spec: { replicas: 1 } } })).statusCode).toBe(404);
  });
});
