import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { as, type TestFront, template, testFront } from '../support/front.js';

const NAME = 'narrative-ada-e4ea29';
const URL = `/narrative_session/${NAME}/update`;
const FORM = {
  'content-type': 'application/x-www-form-urlencoded',
  host: 'lab.example',
  origin: 'https://lab.example',
  accept: 'text/html',
};
const newer = {
  ...template,
  metadata: { ...template.metadata, generation: 4 },
  spec: { ...template.spec, image: { name: 'mooring/demo', tag: '2' } },
};

let front: TestFront;
let current = template;
beforeEach(async () => {
  current = template;
  front = await testFront({ templates: { get: () => current } });
  await front.app.inject(as('ada'));
  front.store.makeReady(NAME);
});
afterEach(() => front.app.close());

const post = (user: string, options: InjectOptions = {}) =>
  front.app.inject(as(user, { method: 'POST', url: URL, headers: FORM, payload: 'next=%2Fnarrative%2F', ...options }));
const page = async (user = 'ada') => front.app.inject(as(user, { url: URL, headers: { accept: 'text/html' } }));
const spec = () => front.store.all()[0]?.spec;

describe('/narrative_session/<name>/update', () => {
  it('offers the new version of a template, and records the wish for it beside what runs', async () => {
    expect((await page()).body).toContain('has no new version');
    current = newer;
    expect((await page()).body).toContain(`action="/narrative_session/${NAME}/update"`);
    const before = spec();
    const answer = await post('ada');
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/narrative/']);
    expect(spec()).toEqual({
      ...before,
      update: {
        by: 'Asked',
        templateRef: { name: 'narrative', generation: 4 },
        launch: { ...before?.launch, image: 'mooring/demo:2' },
        probe: before?.probe,
      },
    });
    expect((await page()).body).not.toContain('<form method="post" action="/narrative_session/');
  });

  it('leads to the waiting page until it is there', async () => {
    current = newer;
    await post('ada');
    const answer = await front.app.inject(as('ada', { url: '/narrative/', headers: { accept: 'text/html' } }));
    expect([answer.statusCode, answer.body.includes('data-phase="Starting"')]).toEqual([201, true]);
  });

  it('undoes a mark as idle, since somebody has come', async () => {
    current = newer;
    await front.store.change(NAME, ({ status }) => {
      status.conditions.push({
        type: 'Marked',
        status: 'True',
        reason: 'NotUsed',
        message: '',
        lastTransitionTime: new Date(0).toISOString(),
      });
    });
    await post('ada');
    expect(front.store.all()[0]?.metadata.annotations['mooring.dev/wanted-at']).toBeDefined();
  });

  it.each([
    ['is at its template’s version', () => undefined],
    [
      'is stopped',
      () => {
        current = newer;
        return front.store.change(NAME, ({ spec: wanted }) => Object.assign(wanted, { running: false }));
      },
    ],
  ])('writes nothing about a session that %s', async (_what, change) => {
    await change();
    const { resourceVersion } = front.store.all()[0]?.metadata ?? {};
    expect((await post('ada')).statusCode).toBe(303);
    expect(front.store.all()[0]?.metadata.resourceVersion).toBe(resourceVersion);
  });

  it('is for nobody but its owner, and for no other site’s form', async () => {
    current = newer;
    expect((await post('bob')).statusCode).toBe(404);
    expect((await page('bob')).statusCode).toBe(404);
    expect((await post('ada', { headers: { ...FORM, origin: 'https://evil.example' } })).statusCode).toBe(403);
    expect(spec()?.update).toBeUndefined();
  });
});
