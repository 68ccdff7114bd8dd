import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { type Ask, ask, Person } from './support/person.js';
import { servicesOf } from './support/rancher.js';
import { until } from './support/until.js';

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const JSON_ONLY = { accept: 'application/json' };

describe('the outside of mooring start', () => {
  let mooring: RunningMooring;
  beforeAll(async () => {
    mooring = await startMooring();
  }, 120_000);
  afterAll(() => mooring?.dispose(), 30_000);

  const through = (path: string, options?: Ask) => ask(mooring.origin, path, options);
  const inside = (path: string, options?: Ask) => ask(`http://127.0.0.1:${mooring.base + 4}`, path, options);

  it('says where it is, on one line of stdout', () => {
    expect(mooring.stdout()).toBe(`ready: ${mooring.origin}/narrative/\n`);
  });

  it.each(['/metrics', '/traefik/config', '/reaper/', '/healthz', '/readyz', '/api/rawdata', '/favicon.ico', '/login/x', '/other'])(
    'leads nobody to %s through the entry point',
    async (path) => {
      const { status, headers } = await through(path);
      expect([status, headers['mooring-front']]).toEqual([404, undefined]);
    },
  );

  it('keeps the route document for who has the token, and metrics and health on the internal listener', async () => {
    expect((await inside('/traefik/config')).status).toBe(401);
    expect((await inside('/traefik/config', { headers: { authorization: `Bearer ${'0'.repeat(64)}` } })).status).toBe(401);
    expect((await inside('/readyz')).status).toBe(200);
    expect((await inside('/healthz')).status).toBe(200);
    const { text } = await inside('/metrics');
    for (const name of ['mooring_sessions{', 'controller_runtime_reconcile_total{', 'workqueue_depth{', 'mooring_front_requests_total{']) {
      expect(text).toContain(name);
    }
  });

  it('sends who is not signed in to the sign-in page and back, path and query kept', async () => {
    const { status, headers } = await through('/narrative/lab/tree?reset=1&a=%26', { headers: HTML });
    expect(status).toBe(302);
    const location = new URL(headers.location as string, mooring.origin);
    expect([location.pathname, location.searchParams.get('next')]).toEqual(['/login', '/narrative/lab/tree?reset=1&a=%26']);
    const page = await through(headers.location as string, { headers: HTML });
    expect([page.status, page.text.includes('<form')]).toEqual([200, true]);
    const signedIn = await through(headers.location as string, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `user=dora&next=${encodeURIComponent('/narrative/lab/tree?reset=1&a=%26')}`,
    });
    expect([signedIn.status, signedIn.headers.location]).toEqual([303, '/narrative/lab/tree?reset=1&a=%26']);
  });

  it.each(['//evil.example/', '/\\evil.example', 'https://evil.example/', '/%0d%0aX: y', 'javascript:alert(1)'])(
    'never sends anybody on to %s',
    async (next) => {
      const { status, headers } = await through('/login', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ user: 'dora', next }).toString(),
      });
      const to = new URL(String(headers.location ?? '/'), mooring.origin);
      expect([[303, 400].includes(status), to.origin]).toEqual([true, mooring.origin]);
    },
  );

  it('tells a script 202 and where to look, then 200, to the owner only', async () => {
    const person = new Person(mooring.origin, 'erin');
    await person.signIn();
    const first = await person.wish('/narrative/some/where?x=1');
    expect(first.status).toBe(202);
    expect(first.headers.location).toMatch(/^\/narrative_session\/narrative-erin-[0-9a-f]{6}$/);
    expect(first.headers['set-cookie']).toEqual([expect.stringMatching(/^narrative_session=[0-9a-f]{64};.*HttpOnly.*SameSite=Lax/)]);
    const told = first.headers.location as string;
    const ready = await until(async () => {
      const answer = await person.ask(told, { headers: JSON_ONLY });
      return answer.status === 200 && answer;
    });
    expect(ready.json()).toMatchObject({
      phase: 'Ready',
      conditions: expect.arrayContaining([expect.objectContaining({ type: 'Routed', status: 'True' })]),
    });
    const other = new Person(mooring.origin, 'frank');
    await other.signIn();
    expect((await other.ask(told, { headers: JSON_ONLY })).status).toBe(404);
    expect((await through(told, { headers: JSON_ONLY })).status).toBe(401);
  });

  it('sends a browser the waiting page, and from a ready session into it', async () => {
    const person = new Person(mooring.origin, 'gina');
    await person.signIn();
    const waiting = await person.ask('/narrative/lab?a=b', { headers: HTML });
    expect(waiting.status).toBe(201);
    expect(waiting.headers['content-type']).toMatch(/^text\/html/);
    expect(waiting.headers['content-security-policy']).toContain("default-src 'none'");
    await person.demoStatus();
    // A browser that has lost the session's cookie gets it again, for the same notebook.
    const secret = person.cookies.get('narrative_session');
    person.cookies.delete('narrative_session');
    await person.ask('/narrative/lab?a=b', { headers: HTML });
    expect(person.cookies.get('narrative_session')).toBe(secret);
  });

  const background: [string, Ask][] = [
    ['a save', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"content":1}' }],
    ['a fetch that accepts everything', { headers: { accept: '*/*' } }],
    ['an XHR', { headers: { ...JSON_ONLY, 'x-requested-with': 'XMLHttpRequest' } }],
    ['a request with a Referer', { headers: { ...JSON_ONLY, referer: 'http://127.0.0.1/narrative/lab' } }],
    ["a browser's fetch of HTML", { headers: { ...HTML, 'sec-fetch-mode': 'cors' } }],
    [
      'a websocket',
      {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'x3JJHMbDL1EzLkh9GBhXDw==',
        },
      },
    ],
  ];
  it.each(background)('answers %s that finds no session with 503 and Retry-After, and starts nothing', async (_name, options) => {
    const person = new Person(mooring.origin, 'henry');
    await person.signIn();
    const { status, headers } = await person.ask('/narrative/api/contents/a.ipynb', options);
    expect([status, Number(headers['retry-after']) > 0]).toEqual([503, true]);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect((await servicesOf(mooring.base)).map(({ name }) => name)).not.toContainEqual(expect.stringContaining('henry'));
  });

  const bad: [string, string, Ask, number][] = [
    ['no cookie, as a script', '/narrative/', { headers: JSON_ONLY }, 401],
    ['an unknown token', '/narrative/', { headers: { ...HTML, cookie: 'kbase_session=SECRETTOKEN123' } }, 403],
    ['a long path', `/narrative/${'a'.repeat(9000)}`, { headers: HTML }, 414],
    ['a broken path', '/narrative/%zz', { headers: HTML }, 400],
    ['a NUL in the path', '/narrative/%00', { headers: HTML }, 400],
    ['a cookie of 64 kB', '/narrative/', { headers: { ...HTML, cookie: `kbase_session=${'a'.repeat(65_536)}` } }, 431],
    ['a sign-in that is JSON', '/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"user":"x"}' }, 415],
    [
      'a sign-in without a name',
      '/login',
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'user=' },
      400,
    ],
    ['a body that is no JSON', '/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"user":' }, 415],
    [
      'a name with markup',
      '/login',
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'user=%22%3E%3Cscript%3E' },
      400,
    ],
  ];
  it.each(bad)('answers %s with a clear 4xx', async (_name, path, options, status) => {
    const before = (await servicesOf(mooring.base)).length;
    // Through the entry point Traefik itself may be the one that refuses; the front alone says why, too.
    expect((await through(path, options)).status).toBe(status);
    const answer = await ask(`http://127.0.0.1:${mooring.base + 3}`, path, options);
    expect([answer.status, answer.text.length > 0]).toEqual([status, true]);
    expect(answer.headers['content-type']).toMatch(/^(application\/problem\+json|text\/html)/);
    expect((await servicesOf(mooring.base)).length).toBe(before);
  });

  it('reflects nothing of a path unescaped', async () => {
    const person = new Person(mooring.origin, 'ivy');
    await person.signIn();
    for (const path of [
      '/narrative/"><script>alert(1)</script>',
      '/narrative/%22%3E%3Cscript%3Ealert(1)%3C/script%3E',
      '/narrative/?q="><script>alert(1)</script>',
    ]) {
      const { text } = await person.ask(path, { headers: HTML });
      expect(text).not.toContain('<script>alert');
    }
  });

  it('has written no secret into its logs', async () => {
    const person = new Person(mooring.origin, 'judy');
    const { instance } = await person.openDemo();
    expect(instance).toBeTruthy();
    const folder = join(mooring.data, 'logs');
    const logs = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const everything = [...logs, mooring.stderr()].join('\n');
    expect(everything.length).toBeGreaterThan(500);
    for (const secret of [...person.cookies.values(), 'SECRETTOKEN123']) expect(everything).not.toContain(secret);
  });
});
