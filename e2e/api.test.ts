import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { chromiumPath, launchBrowser, picture } from './support/browser.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { ask, Person } from './support/person.js';
import { withPart } from './support/real-parts.js';
import { schemathesis } from './support/schemathesis.js';
import { until } from './support/until.js';

const RUN_MS = 240_000;
const JSON_TYPE = { 'content-type': 'application/json' };

/** The API as people and operators reach it: through the real Traefik, and on the internal listener of one machine. */
describe('/api/v1', () => {
  let mooring: RunningMooring;
  let alice: Person;
  let token: string;
  let name: string;
  const operators = () => `http://127.0.0.1:${mooring.base + 4}`;
  const session = async () =>
    (await alice.ask(`/api/v1/sessions/${name}`)).json() as { status: { phase: string }; spec: { running: boolean } };
  const put = () => alice.ask(`/api/v1/sessions/${name}`, { method: 'PUT', headers: JSON_TYPE, body: '{}' });

  beforeAll(async () => {
    mooring = await startMooring();
    alice = new Person(mooring.origin, 'alice');
    await alice.signIn();
    token = alice.cookies.get('kbase_session') as string;
    [name] = (await alice.ask('/api/v1/me')).json().sessionNames as [string];
  }, 120_000);
  afterAll(() => mooring?.dispose(), 30_000);

  it('creates a session that its owner then works in, stops it, starts it, and tells all of that', async () => {
    expect((await put()).status).toBe(201);
    expect((await put()).status).toBe(200);
    await until(async () => (await session()).status.phase === 'Ready', { withinMs: 30_000, what: () => 'the session to be ready' });
    const { instance } = await alice.openDemo();
    expect(instance).toBeTruthy();
    const run = async (running: boolean) =>
      alice.ask(`/api/v1/sessions/${name}`, {
        method: 'PATCH',
        headers: JSON_TYPE,
        body: JSON.stringify({ spec: { running } }),
      });
    expect((await run(false)).status).toBe(200);
    await until(async () => (await session()).status.phase === 'Stopped', { withinMs: 30_000, what: () => 'the session to be stopped' });
    expect((await run(true)).status).toBe(200);
    await until(async () => (await session()).status.phase === 'Ready', { withinMs: 30_000, what: () => 'the session to be ready again' });
    const { items } = (await alice.ask(`/api/v1/sessions/${name}/events`)).json() as { items: { reason: string }[] };
    expect(items.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['StartRequested', 'StopRequested']));
    const explanation = (await alice.ask(`/api/v1/sessions/${name}/explanation`)).json();
    expect(explanation).toMatchObject({ session: name, owner: 'alice', phase: 'Ready', idle: { action: 'Stop' } });
    const log = await alice.ask(`/api/v1/sessions/${name}/log?tailLines=5`);
    expect([log.status, log.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    const { ended, ready } = (await ask(operators(), '/api/v1/statistics')).json() as {
      ended: { Requested: number[] };
      ready: { count: number[] };
    };
    expect([ended.Requested.at(-1), ready.count.at(-1)]).toEqual([1, 2]);
  }, 120_000);

  it(
    'is as it describes itself to people: no failure, no answer that is not described',
    async () => {
      const said = await schemathesis({
        url: `${mooring.origin}/api/v1/openapi.json`,
        args: ['--header', `Authorization: Bearer ${token}`],
        withinMs: RUN_MS,
      });
      expect(said).toMatch(/Tested: 22/);
    },
    RUN_MS + 60_000,
  );

  it(
    'is so to operators, too, about sessions that there are',
    async () => {
      await put();
      const said = await schemathesis({
        url: `${operators()}/api/v1/openapi.json`,
        // On this listener nobody signs in. Neither is the session deleted meanwhile, nor so many made as a pool may hold.
        args: ['--exclude-checks', 'ignored_auth', '--exclude-method', 'DELETE', '--exclude-operation-id', 'patchWarmPool'],
        names: { '/sessions/[{]name': name, '/(warmpools|sessiontemplates)/[{]name': 'narrative' },
        withinMs: RUN_MS,
      });
      expect(said).toMatch(/Tested: 20/);
    },
    RUN_MS + 60_000,
  );

  const present = chromiumPath() !== undefined;
  describe('its reader', () => {
    let browser: Browser;
    beforeAll(async () => {
      if (present) browser = await launchBrowser();
    }, 30_000);
    afterAll(() => browser?.close());

    withPart('Chromium', present)(
      'shows the description and tries it out, within the content security policy',
      async () => {
        const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
        const complaints: string[] = [];
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        page.on('pageerror', (error) => complaints.push(error.message));
        const elsewhere: string[] = [];
        page.on('request', (request) => {
          if (!request.url().startsWith(mooring.origin) && !request.url().startsWith('data:')) elsewhere.push(request.url());
        });
        await page.context().addCookies([{ name: 'kbase_session', value: token, url: mooring.origin }]);
        await page.goto(`${mooring.origin}/api/v1/docs`);
        await page.locator('#operations-sessions-listSessions').waitFor();
        await page.locator('#operations-operation-me .opblock-summary-control').click();
        await page.locator('#operations-operation-me .try-out__btn').click();
        await page.locator('#operations-operation-me .execute').click();
        await page.locator('#operations-operation-me .live-responses-table').getByText('"alice"').waitFor();
        await picture(page, 'api-reader');
        expect([complaints, elsewhere]).toEqual([[], []]);
      },
      60_000,
    );
  });
});
