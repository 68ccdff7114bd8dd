import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Harness } from '../support/harness.js';

let rancher: Harness;
beforeAll(async () => {
  rancher = await Harness.start();
  for (const name of ['first', 'probe0', 'nar-0', 'nar-1', 'nar-2']) await rancher.stack(name);
  await rancher.service('narrative-alice', { stackId: '1st3' });
  await rancher.service('narrative-bob', { stackId: '1st3', startOnCreate: false });
  await rancher.service('Zed', { stackId: '1st4', startOnCreate: false });
  await rancher.until('services/1s1', (body) => body.state === 'active');
  await rancher.until('services?healthState=unhealthy', (body) => body.data.length === 2);
  await rancher.until('stacks?state=active', (body) => body.data.length === 5);
});
afterAll(async () => rancher.end());

const ids = (answer: Answer): string => answer.body.data.map((item) => item.id).join(' ');

describe('filters (08-01-*)', () => {
  it.each([
    ['services?name=narrative-bob', '1s2'],
    ['services?name=NARRATIVE-BOB', ''],
    ['services?name_prefix=narrative-', '1s1 1s2'],
    ['services?name_like=%25bo%25', '1s2'],
    ['services?name_ne=Zed', '1s1 1s2'],
    ['services?name_notnull=1', '1s1 1s2 1s3'],
    ['services?name_null=1', ''],
    ['services?description_null=1', '1s1 1s2 1s3'],
    ['services?stackId=1st3', '1s1 1s2'],
    ['services?stackId=3', '1s1 1s2'],
    ['services?stackId=nope', ''],
    ['services?state=active', '1s1'],
    ['services?state=active&state=inactive', ''],
    ['services?state_ne=active', '1s2 1s3'],
    ['services?id=1s3', ''],
    ['services?id=3', '1s3'],
    ['services?id_gt=1', '1s2 1s3'],
    ['services?healthState_ne=healthy', '1s2 1s3'],
    ['services?accountId=1a5', '1s1 1s2 1s3'],
    ['services?system=false', '1s1 1s2 1s3'],
    ['services?kind=service', '1s1 1s2 1s3'],
    ['services?uuid=zzz', ''],
    ['services?removed_notnull', ''],
    ['services?created_gt=2020-01-01T00:00:00Z', '1s1 1s2 1s3'],
    ['services?created_lt=2020-01-01T00:00:00Z', ''],
    ['services?bogus=1', '1s1 1s2 1s3'],
    ['services?name_gt=p', '1s1 1s2 1s3'],
    ['services?scale=7', '1s1 1s2 1s3'],
    ['services?type=bogus', '1s1 1s2 1s3'],
    ['stacks?name=nar-1', '1st4'],
    ['containers?state=running', '1i1'],
    ['hosts', '1h1'],
  ])('%s', async (path, expected) => {
    expect(ids(await rancher.get(path))).toBe(expected);
  });

  it.each(['services?created_gt=2020', 'services?removed_ne=null'])('%s: 500', async (path) => {
    expect((await rancher.get(path)).status).toBe(500);
  });

  it('are told in the answer', async () => {
    const { body } = await rancher.get('services?name_prefix=nar&stackId=1st3&removed_null');
    expect(body.filters).toMatchObject({
      name: [{ modifier: 'prefix', value: 'nar' }],
      stackId: [{ modifier: 'eq', value: '3' }],
      removed: [{ modifier: 'null', value: null }],
      uuid: null,
    });
  });
});

describe('pages (01-14 to 01-20d)', () => {
  it.each([
    ['limit=2&sort=name', '1st1 1st3', 'limit=2&sort=name&marker=m2'],
    ['limit=2&sort=name&marker=m2', '1st4 1st5', 'limit=2&sort=name&marker=m4'],
    ['limit=2&sort=name&marker=m4', '1st2', null],
    ['limit=2', '1st1 1st2', 'limit=2&marker=m2'],
    ['sort=name&order=desc&limit=2', '1st2 1st5', 'sort=name&order=desc&limit=2&marker=m2'],
    ['sort=name&order=bogus&limit=1', '1st1', 'sort=name&order=bogus&limit=1&marker=m1'],
    ['limit=2&marker=m999', '', null],
    ['marker=m2', '1st3 1st4 1st5', null],
    ['sort=bogus', '1st1 1st2 1st3 1st4 1st5', null],
  ])('%s', async (parameters, expected, next) => {
    const answer = await rancher.get(`stacks?${parameters}`);
    expect(ids(answer)).toBe(expected);
    expect(answer.body.pagination).toMatchObject({
      next: next === null ? null : `${rancher.project}/stacks?${next}`,
      partial: next !== null,
    });
  });

  it.each([
    ['', 100],
    ['limit=0', 3000],
    ['limit=-1', 3000],
    ['limit=3001', 3000],
    ['limit=3000', 3000],
    ['limit=abc', 100],
  ])('the limit of %j is %i', async (parameters, limit) => {
    expect((await rancher.get(`stacks?${parameters}`)).body.pagination).toMatchObject({ limit, first: null, previous: null, total: null });
  });

  it('tell how they are sorted', async () => {
    expect((await rancher.get('stacks?sort=name&order=desc&limit=2')).body.sort).toEqual({
      name: 'name',
      reverse: `${rancher.project}/stacks?sort=name&limit=2&order=asc`,
      order: 'desc',
    });
  });

  it('cover everything once while nothing changes', async () => {
    const seen: string[] = [];
    let path: string | null = 'stacks?limit=2';
    while (path) {
      const { body } = await rancher.get(path);
      seen.push(...body.data.map((item) => String(item.id)));
      path = (body.pagination as { next: string | null }).next;
    }
    expect(seen).toEqual(['1st1', '1st2', '1st3', '1st4', '1st5']);
  });
});

describe('a collection', () => {
  it('is the same under its other names (11-02)', async () => {
    for (const name of ['service', 'Services', 'SERVICES']) {
      const answer = await rancher.get(`${name}?state=active`);
      expect(ids(answer)).toBe('1s1');
      expect(answer.body.links).toEqual({ self: `${rancher.project}/${name}` });
    }
    expect(ids(await rancher.get('container'))).toBe('1i1');
    expect((await rancher.get('instances')).body).toMatchObject({ resourceType: 'instance' });
  });

  it('has the form of the recordings', async () => {
    const { body, headers } = await rancher.get('stacks');
    expect(Object.keys(body).sort()).toEqual(
      [
        'type',
        'resourceType',
        'links',
        'createTypes',
        'actions',
        'data',
        'sortLinks',
        'pagination',
        'sort',
        'filters',
        'createDefaults',
      ].sort(),
    );
    expect(body).toMatchObject({ type: 'collection', resourceType: 'stack' });
    expect(headers.get('x-api-schemas')).toBe(`${rancher.project}/schemas`);
    expect(headers.get('x-api-account-id')).toBe('1a5');
  });

  it('of projects holds the one, without pages (01-06)', async () => {
    const { body } = await rancher.get(`${rancher.rancher.url}/projects`);
    expect(body).toMatchObject({
      resourceType: 'project',
      pagination: null,
      data: [{ id: '1a5', name: 'Default', state: 'active', type: 'project' }],
    });
    expect((await rancher.get(`${rancher.rancher.url}/projects/1a5/`)).body).toMatchObject({ id: '1a5', uuid: 'adminProject' });
  });

  it('is there without the project too (10-13c)', async () => {
    const { body } = await rancher.get(`${rancher.rancher.url}/services?id=1`);
    expect(body.data[0]).toMatchObject({ id: '1s1', links: { self: `${rancher.rancher.url}/services/1s1` } });
  });

  it('of a link ignores limit and filters (08-04c)', async () => {
    const answer = await rancher.get('stacks/1st3/services?name=p0&limit=1');
    expect(ids(answer)).toBe('1s1 1s2');
    expect(answer.body).toMatchObject({ resourceType: 'service', pagination: { limit: 1, next: null } });
    expect((await rancher.get('services/1s1/instances')).body).toMatchObject({ resourceType: 'instance', data: [{ id: '1i1' }] });
    expect((await rancher.get('services/1s1/stack')).body).toMatchObject({ id: '1st3', type: 'stack' });
  });

  it('includes what is asked for (08-01-filter-31, 08-02, 08-05)', async () => {
    const [service] = (await rancher.get('services?include=stack&include=instances&id=1')).body.data;
    expect(service).toMatchObject({ stack: { id: '1st3' }, instances: [{ id: '1i1', state: 'running' }] });
    expect((await rancher.get('services/1s1?include=instances')).body).toMatchObject({ instances: [{ id: '1i1' }] });
    expect((await rancher.get('stacks/1st3?include=services&include=toString')).body).toMatchObject({
      services: [{ id: '1s1' }, { id: '1s2' }],
    });
  });
});
