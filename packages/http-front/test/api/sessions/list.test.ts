import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SORT_KEYS } from '../../../src/api/schemas/list-query.js';
import type { SessionResource } from '../../../src/api/schemas/session.js';
import { resourceOf } from '../../../src/api/sessions/resource.js';
import { orderOf, select } from '../../../src/api/sessions/select.js';
import { type ApiFront, apiFront, ready } from '../support/api-front.js';

let front: ApiFront;
beforeAll(async () => {
  front = await apiFront();
  for (const [name, owner, image] of [
    ['narrative-ada', 'ada', 'mooring/demo:1'],
    ['narrative-Bob', 'Bob', 'mooring/demo:2'],
    ['narrative-cleo', 'cleo', 'mooring/demo:1'],
    ['other-ada', 'ada', 'mooring/demo:1'],
  ] as const)
    await front.add(name, { owner: { name: owner }, launch: { image } });
  await front.change('narrative-ada', ready);
});
afterAll(() => front.close());

const namesIn = (list: { items: SessionResource[] }): string[] => list.items.map(({ metadata }) => metadata.name);
const names = async (query: string): Promise<string[]> => namesIn((await front.ask('root', `/sessions?${query}`)).json());

describe('GET /api/v1/sessions', () => {
  it.each([
    ['owner=ada', ['narrative-ada', 'other-ada']],
    ['phase=Ready', ['narrative-ada']],
    ['phase=Ready,Pending&search=NARR', ['narrative-Bob', 'narrative-ada', 'narrative-cleo']],
    ['search=demo:2', ['narrative-Bob']],
    ['search=nothing', []],
    ['sort=-owner&limit=2', ['narrative-cleo', 'other-ada']],
    ['sort=phase&owner=ada', ['other-ada', 'narrative-ada']],
    ['sort=image', ['narrative-ada', 'narrative-cleo', 'other-ada', 'narrative-Bob']],
  ])('selects and sorts: %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('gives page after page', async () => {
    const first = (await front.ask('root', '/sessions?limit=3')).json();
    expect(first.metadata).toEqual({
      resourceVersion: expect.stringMatching(/^\d+$/),
      continue: expect.any(String),
      remainingItemCount: 1,
    });
    const second = (await front.ask('root', `/sessions?limit=3&continue=${first.metadata.continue}`)).json();
    expect([...namesIn(first), ...namesIn(second)]).toEqual(['narrative-Bob', 'narrative-ada', 'narrative-cleo', 'other-ada']);
    expect(second.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion, remainingItemCount: 0 });
  });

  it('refuses a continue token that is made up, or of another list', async () => {
    const token = (await front.ask('root', '/sessions?limit=1')).json().metadata.continue;
    const [madeUp, others] = [
      await front.ask('root', '/sessions?continue=abc'),
      await front.ask('root', `/sessions?sort=owner&continue=${token}`),
    ];
    expect([madeUp.statusCode, madeUp.json().detail]).toEqual([410, expect.stringContaining('first page again')]);
    expect([others.statusCode, others.json().detail]).toEqual([410, expect.stringContaining('another owner, phase, search or sort')]);
  });

  it('names each field that is wrong, its value and the cure', async () => {
    const answer = await front.ask('root', '/sessions?limit=0&phase=ready&sorted=name');
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ status: 400, code: 'bad-input' });
    expect(answer.json().errors).toEqual([
      { field: 'phase', message: expect.stringMatching(/one or more of Pending, .*\(it is "ready"\)/) },
      { field: 'limit', message: 'must be at least 1 (it is "0")' },
      { field: 'sorted', message: 'is not a known field; remove it, or look for a slip in its name' },
    ]);
  });

  it('answers 304 to who has it, until it is another', async () => {
    const { headers } = await front.ask('root', '/sessions');
    const again = () => front.ask('root', '/sessions', { headers: { 'if-none-match': String(headers.etag) } });
    expect([(await again()).statusCode, (await again()).body]).toEqual([304, '']);
    expect((await front.ask('ada', '/sessions', { headers: { 'if-none-match': String(headers.etag) } })).statusCode).toBe(200);
    await front.change('narrative-cleo', ready);
    expect((await again()).statusCode).toBe(200);
  });
});

describe('pages', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'B'), minLength: 1, maxLength: 2 });
  const drafts = fc.uniqueArray(fc.record({ name: letters, owner: letters, image: letters }), {
    selector: ({ name }) => name,
    maxLength: 12,
  });
  const sort = fc.constantFrom(...SORT_KEYS.flatMap((key) => [key, `-${key}`] as const));

  it('have each session once, in one order, whatever is sorted by', () => {
    fc.assert(
      fc.property(drafts, sort, fc.integer({ min: 1, max: 5 }), (all, by, limit) => {
        const sessions = all.map(({ name, owner, image }) => ({
          metadata: { name, creationTimestamp: image },
          spec: { owner: { name: owner }, image },
          status: { phase: 'Ready' },
        })) as unknown as SessionResource[];
        const seen: string[] = [];
        for (let after = undefined as ReturnType<typeof select>['end']; ; ) {
          const page = select(sessions, { sort: by, limit }, after);
          seen.push(...page.items.map(({ metadata }) => metadata.name));
          expect(page.remaining).toBe(sessions.length - seen.length);
          if (page.end === undefined) break;
          after = page.end;
        }
        const { compare, placeOf } = orderOf(by);
        const wanted = [...sessions].sort((a, b) => compare(placeOf(a), placeOf(b))).map(({ metadata }) => metadata.name);
        expect(seen).toEqual(wanted);
      }),
    );
  });
});

describe('GET /api/v1/sessions/<name>', () => {
  it('tells one, and its ETag moves with it', async () => {
    const answer = await front.ask('ada', '/sessions/narrative-ada');
    expect(answer.json()).toEqual(JSON.parse(JSON.stringify(resourceOf((await front.store.get('Session', 'narrative-ada')) as never))));
    const tag = String(answer.headers.etag);
    expect(tag).toMatch(/^"/);
    const again = () => front.ask('ada', '/sessions/narrative-ada', { headers: { 'if-none-match': `"x", W/${tag}` } });
    expect((await again()).statusCode).toBe(304);
    await front.change('narrative-ada', ({ metadata }) => {
      metadata.annotations.note = 'x';
    });
    expect((await again()).statusCode).toBe(200);
  });

  it('refuses a name that can be none', async () => {
    expect((await front.ask('ada', '/sessions/a--b')).json().errors).toEqual([
      { field: 'name', message: expect.stringContaining('(it is "a--b")') },
    ]);
  });
});
