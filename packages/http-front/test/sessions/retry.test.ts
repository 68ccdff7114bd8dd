import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConflictError } from '@mooring/resources';
import type { InjectOptions } from 'fastify';
import { as, JSON_HEADERS, localProvider, type TestFront, template, testFront } from '../support/front.js';

const NAME = 'narrative-ada-e4ea29';
const URL = `/narrative_session/${NAME}/retry`;
const FORM = {
  'content-type': 'application/x-www-form-urlencoded',
  host: 'lab.example',
  origin: 'https://lab.example',
  accept: 'text/html',
};
const NOW = Date.parse('2030-01-02T03:04:05.678Z');
const newer = {
  ...template,
  metadata: { ...template.metadata, generation: 4 },
  spec: { ...template.spec, image: { name: 'mooring/demo', tag: '2' } },
};

let front: TestFront;
beforeEach(async () => {
  let current = template;
  front = await testFront({ now: () => NOW, templates: { get: () => current } });
  await front.app.inject(as('ada'));
  current = newer;
  fail();
});
afterEach(() => front.app.close());

const fail = () =>
  front.store.change(NAME, ({ status }) => {
    status.phase = 'Failed';
  });
const post = (user: string, options: InjectOptions = {}) =>
  front.app.inject(as(user, { method: 'POST', url: URL, headers: FORM, payload: 'next=%2Fnarrative%2Fa%3Fb', ...options }));
const wanted = () => front.store.all()[0]?.metadata.annotations['mooring.dev/wanted-at'];

describe('POST /narrative_session/<name>/retry', () => {
  it('wants it once more, as its template has it by now, and leads back', async () => {
    const answer = await post('ada');
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/narrative/a?b']);
    expect(wanted()).toBe('2030-01-02T03:04:05.678Z');
    expect(front.store.all()[0]?.spec).toMatchObject({
      running: true,
      templateRef: { generation: 4 },
      launch: { image: 'mooring/demo:2' },
    });
  });

  it('leads nowhere else, whatever the form says', async () => {
    expect((await post('ada', { payload: 'next=https%3A%2F%2Felsewhere.example%2F' })).headers.location).toBe('/narrative/');
    expect((await post('ada', { payload: '' })).headers.location).toBe('/narrative/');
  });

  it('tells a script how it stands', async () => {
    const answer = await post('ada', {
      headers: { ...JSON_HEADERS, host: 'lab.example', origin: 'https://lab.example' },
      payload: undefined,
    });
    expect([answer.statusCode, answer.json()]).toEqual([202, expect.objectContaining({ name: NAME, phase: 'Failed' })]);
  });

  it('writes though the controller wrote at the same time', async () => {
    const races = [new ConflictError('changed'), new ConflictError('changed')];
    front.store.beforeWrite = () => {
      const race = races.pop();
      if (race) throw race;
    };
    expect((await post('ada')).statusCode).toBe(303);
    expect(wanted()).toBeDefined();
  });

  it.each([
    ['is ready', () => front.store.makeReady(NAME)],
    ['is stopped', () => front.store.change(NAME, ({ spec }) => Object.assign(spec, { running: false }))],
    ['is being deleted', () => front.store.delete('Session', NAME)],
  ])('writes nothing about a session that %s', async (_what, change) => {
    await change();
    const { resourceVersion } = front.store.all()[0]?.metadata ?? {};
    expect((await post('ada')).statusCode).toBe(303);
    expect(front.store.all()[0]?.metadata.resourceVersion).toBe(resourceVersion);
  });

  it('is for nobody but its owner', async () => {
    expect((await post('bob')).statusCode).toBe(404);
    expect((await post('ada', { cookies: { kbase_session: 'made-up' } })).statusCode).toBe(403);
    expect(wanted()).toBeUndefined();
  });

  it.each([
    ['another site', { ...FORM, origin: 'https://evil.example' }],
    ['a sandbox', { ...FORM, origin: 'null' }],
    ['a page of a sibling domain', { ...FORM, 'sec-fetch-site': 'same-site' }],
    ['nobody knows whom', { 'content-type': FORM['content-type'] }],
  ])('is refused to a form of %s', async (_what, headers) => {
    expect((await post('ada', { headers })).statusCode).toBe(403);
    expect(wanted()).toBeUndefined();
  });

  it('is open to a script on one machine', async () => {
    await front.app.close();
    const local = localProvider();
    front = await testFront({ local });
    const cookies = { kbase_session: local.issue('ada') };
    await front.app.inject(as('ada', { cookies }));
    fail();
    expect((await post('ada', { cookies, headers: JSON_HEADERS, payload: undefined })).statusCode).toBe(202);
    expect(wanted()).toBeDefined();
  });
});
