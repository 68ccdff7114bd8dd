import { afterAll, afterEach, beforeAll, describe, expect, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { violations } from './support/axe.js';
import { chromiumPath, launchBrowser, picture } from './support/browser.js';
import { type MadeUpSite, openMadeUpSite } from './support/made-up-site.js';
import { ask } from './support/person.js';
import { withPart } from './support/real-parts.js';
import { until } from './support/until.js';

const present = chromiumPath() !== undefined;
const test = withPart('Chromium', present);
const SESSIONS = 5_000;
/** A page over so many takes its time on a machine that runs other tests beside. */
jest.setTimeout(60_000);
const JSON_TYPE = { 'content-type': 'application/json' };
const ROW = '.table .body .row:not([hidden])';

/** The dashboard in a real browser, on the internal listener, over sessions that are recorded in a store and change all the time. */
describe('the dashboard', () => {
  let site: MadeUpSite;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    if (!present) return;
    [site, browser] = await Promise.all([openMadeUpSite(SESSIONS), launchBrowser()]);
    await site.changing(20);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  }, 30_000);
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(complaints.splice(0)).toEqual([]);
  });

  async function visit(hash: string, options: Parameters<Browser['newContext']>[0] = {}, before?: (page: Page) => Promise<unknown>) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options });
    contexts.push(context);
    context.setDefaultTimeout(40_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // What a test has refused or cut off is told by the browser, too.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(site.origin)) complaints.push(`asked ${request.url()}`);
    });
    await before?.(page);
    await page.goto(`${site.origin}/dashboard${hash}`);
    return page;
  }
  async function open(...[hash = '', ...more]: Partial<Parameters<typeof visit>>): Promise<Page> {
    const page = await visit(hash, ...more);
    await page
      .locator(ROW)
      .first()
      .waitFor()
      .catch(async (cause) => {
        const says = await page.locator('body').ariaSnapshot();
        throw new Error(`no session is shown; the page says ${JSON.stringify(says.slice(0, 500))}`, { cause });
      });
    return page;
  }
  const names = (page: Page) => page.locator(`${ROW} .name`).allTextContents();
  const first = async (page: Page) => (await inOrder(page))[0] as string;
  /** The rows as they are seen, from above. */
  const inOrder = (page: Page) =>
    page.evaluate((rows) => {
      const place = (row: Element) => Number(row.getAttribute('aria-rowindex'));
      const seen = Array.from(document.querySelectorAll(rows)).sort((a, b) => place(a) - place(b));
      return seen.map((row) => row.querySelector('.name')?.textContent ?? '');
    }, ROW);
  const shown = (page: Page, text: string) => page.locator('#count', { hasText: text }).waitFor();
  const session = async (name: string) => (await ask(site.origin, `/api/v1/sessions/${name}`)).json() as { spec: { running: boolean } };
  const stateOf = (page: Page, name: string) => page.locator(ROW, { hasText: name }).getAttribute('data-state');
  /** A session alone, in the table and beside it. */
  async function openOne(state: string, search = 'hopper'): Promise<{ page: Page; name: string }> {
    const page = await open(`#state=${state}&q=${search}`);
    await page.locator(ROW).first().click();
    const name = (await page.locator('#detail-name').textContent()) as string;
    await page.fill('#search', name);
    await page.locator(`.chip[data-state="${state}"]`).click();
    await shown(page, '1 of ');
    return { page, name };
  }
  async function deed(page: Page, label: string): Promise<void> {
    await page.locator('#deeds button', { hasText: label }).click();
    await page.locator('#ask-yes').click();
    await page.locator('#ask').waitFor({ state: 'hidden' });
  }

  test('has a row for each of 5,000 sessions, and few in the document', async () => {
    const page = await open();
    await shown(page, '5,000 sessions');
    expect(await page.locator('#sessions').getAttribute('aria-rowcount')).toBe('5001');
    expect((await names(page)).length).toBeLessThan(60);
    await page.locator('#sessions').evaluate((table) => table.scrollTo(0, table.scrollHeight));
    await page.locator(`${ROW}[aria-rowindex="5001"]`).waitFor();
    const seen = await inOrder(page);
    expect(seen).toEqual([...seen].sort());
    await picture(page, 'dashboard-end');
  });

  test('finds by words, shows states alone, and sorts by each column', async () => {
    const page = await open();
    await page.fill('#search', 'HOPPER gpu');
    await shown(page, ' of ');
    for (const row of await page.locator(ROW).allTextContents()) expect(row).toMatch(/hopper.*gpu/);
    await page.fill('#search', '');
    await page.locator('.chip[data-state="Stopped"]').click();
    await until(async () => (await page.locator(`${ROW}:not([data-state="Stopped"])`).count()) === 0);
    expect(await page.locator('.chip[data-state="Stopped"]').getAttribute('aria-pressed')).toBe('true');
    await page.locator('.chip[data-state="Stopped"]').click();
    const head = (key: string) => page.locator(`[role="columnheader"][data-key="${key}"]`);
    for (const key of ['owner', 'phase', 'image', 'created', 'seen', 'name']) {
      await head(key).locator('button').click();
      expect([key, await head(key).getAttribute('aria-sort')]).toEqual([key, 'ascending']);
    }
    const [ascending] = await inOrder(page);
    await head('name').locator('button').click();
    expect(await head('name').getAttribute('aria-sort')).toBe('descending');
    await until(async () => (await first(page)) > `${ascending}`);
    expect(new URL(page.url()).hash).toBe('#sort=-name');
  });

  test('shows what changes as it changes', async () => {
    const { page, name } = await openOne('Ready');
    for (const [running, state] of [
      [false, 'Stopped'],
      [true, 'Ready'],
    ] as const) {
      await ask(site.origin, `/api/v1/sessions/${name}`, {
        method: 'PATCH',
        headers: JSON_TYPE,
        body: JSON.stringify({ spec: { running } }),
      });
      await until(async () => (await stateOf(page, name)) === state);
      await page.locator('#detail-owner', { hasText: state.toLowerCase() }).waitFor();
    }
  });

  test('tells of one session why it is so, how it is used, what happened, and what it wrote', async () => {
    const { page, name } = await openOne('Ready');
    await ask(site.origin, `/api/v1/sessions/${name}`, { method: 'PATCH', headers: JSON_TYPE, body: '{"spec":{"running":false}}' });
    await page.locator('.conditions li', { hasText: 'Service created' }).waitFor();
    await page.locator('.why', { hasText: /./ }).waitFor();
    await page.locator('#tab-use').click();
    await page.locator('.panel tbody tr', { hasText: 'jupyter' }).waitFor();
    await page.locator('.panel canvas').waitFor();
    await page.locator('#tab-events').click();
    await page.locator('.events li', { hasText: 'StopRequested' }).first().waitFor();
    await page.locator('#tab-log').click();
    await page.locator('.lines', { hasText: 'GET /narrative/api/status' }).waitFor();
    const again = await open(`#session=${name}`);
    await again.locator('#detail-name', { hasText: name }).waitFor();
    await again.locator(`${ROW}[aria-selected="true"]`, { hasText: name }).waitFor();
  });

  test('stops, starts, and deletes, once that is said twice', async () => {
    const { page, name } = await openOne('Ready');
    await page.locator('#deeds button', { hasText: 'Stop' }).click();
    await page.locator('#ask-no').click();
    expect((await session(name)).spec.running).toBe(true);
    await deed(page, 'Stop');
    await page.locator('#toast', { hasText: 'is being stopped' }).waitFor();
    await until(async () => (await stateOf(page, name)) === 'Stopped');
    await deed(page, 'Start');
    await until(async () => (await stateOf(page, name)) === 'Ready');
    await page.locator('#deeds button', { hasText: 'Delete' }).click();
    await picture(page, 'dashboard-delete');
    expect(await violations(page)).toEqual([]);
    await page.locator('#ask-yes').click();
    await page.locator('#empty', { hasText: 'No session is like that' }).waitFor();
    await page.locator('#detail-owner', { hasText: 'gone' }).waitFor();
    expect((await ask(site.origin, `/api/v1/sessions/${name}`)).status).toBe(404);
  });

  test('keeps a session that is marked', async () => {
    const { page, name } = await openOne('Marked', '');
    await deed(page, 'Keep');
    await until(async () => (await stateOf(page, name)) === 'Ready');
    await page.locator('#deeds button', { hasText: 'Keep' }).waitFor({ state: 'detached' });
  });

  test('says why something could not be done', async () => {
    const { page, name } = await openOne('Ready');
    await page.locator('#deeds button', { hasText: 'Stop' }).click();
    await ask(site.origin, `/api/v1/sessions/${name}`, { method: 'DELETE' });
    await page.locator('#ask-yes').click();
    await page.locator('#ask-problem', { hasText: 'There is no session' }).waitFor();
    await picture(page, 'dashboard-refused');
  });

  test('resizes a pool, within its limits', async () => {
    const page = await open();
    await page.locator('#pools', { hasText: '11 of 12 ready' }).waitFor();
    await page.locator('#pools button').click();
    await page.fill('#ask-value', '1001');
    await page.locator('#ask-yes').click();
    expect(await page.locator('#ask').isVisible()).toBe(true);
    await page.fill('#ask-value', '20');
    await page.locator('#ask-yes').click();
    await page.locator('#pools', { hasText: '11 of 20 ready' }).waitFor();
  });

  test('is used by keys alone', async () => {
    const page = await open();
    const focused = () => page.evaluate(() => document.activeElement?.id);
    await page.keyboard.press('/');
    expect(await focused()).toBe('search');
    await page.keyboard.type('hopper');
    await shown(page, ' of ');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('sessions');
    for (const key of ['ArrowDown', 'PageDown', 'ArrowUp']) await page.keyboard.press(key);
    /** Of the row that the keys are at. */
    const current = () =>
      page.evaluate(() => {
        const row = document.getElementById(document.getElementById('sessions')?.getAttribute('aria-activedescendant') ?? '');
        return { place: row?.getAttribute('aria-rowindex'), name: row?.querySelector('.name')?.textContent };
      });
    await until(async () => Number((await current()).place) > 3);
    await page.keyboard.press('Enter');
    await page.locator('#detail').waitFor();
    // The row of a moment ago may have been another one: keys are taken in before they are painted.
    await until(async () => (await page.locator('#detail-name').textContent()) === (await current()).name);
    for (const key of ['Tab', 'Tab', 'Tab', 'Tab', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    expect(await focused()).toBe('tab-events');
    await picture(page, 'dashboard-keys');
    await page.keyboard.press('Escape');
    await page.locator('#detail').waitFor({ state: 'hidden' });
    expect(await focused()).toBe('sessions');
    await page.keyboard.press('End');
    const rows = await page.locator('#sessions').getAttribute('aria-rowcount');
    await until(async () => (await current()).place === rows);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`has nothing that axe holds against it, in ${colorScheme}`, async () => {
      const page = await open('', { colorScheme });
      await page.locator('#chart-ended canvas').waitFor();
      await picture(page, `dashboard-${colorScheme}`);
      expect(await violations(page)).toEqual([]);
      await page.locator(ROW).nth(2).click();
      for (const tab of ['state', 'use', 'events', 'log']) {
        await page.locator(`#tab-${tab}`).click();
        await page.locator('.panel > *').first().waitFor({ state: 'attached' });
        await picture(page, `dashboard-${tab}-${colorScheme}`);
        expect([tab, await violations(page)]).toEqual([tab, []]);
      }
    });
  }

  test('fits a narrow screen', async () => {
    const page = await open('', { viewport: { width: 390, height: 844 } });
    await picture(page, 'dashboard-narrow');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.locator(ROW).first().click();
    await page.locator('#detail-close').click();
  });

  test('asks again and again where a watch does not come through', async () => {
    const page = await open('#q=hopper&state=Ready', {}, (fresh) => fresh.route('**/watch/**', () => undefined));
    const name = await first(page);
    await page.locator('#feed', { hasText: 'asking every few seconds' }).waitFor();
    await ask(site.origin, `/api/v1/sessions/${name}`, { method: 'PATCH', headers: JSON_TYPE, body: '{"spec":{"running":false}}' });
    await until(async () => !(await inOrder(page)).includes(name));
  });

  test('says that there is no connection, and goes on when there is', async () => {
    let isCut = true;
    const page = await visit('', {}, (fresh) =>
      fresh.route('**/api/v1/sessions?*', (route) =>
        isCut && route.request().url().includes('continue') ? route.abort() : route.continue(),
      ),
    );
    await page.locator('#trouble', { hasText: 'does not answer' }).waitFor();
    isCut = false;
    await page.locator('#feed', { hasText: 'live' }).waitFor();
    expect(await page.locator('#trouble').isVisible()).toBe(false);
    await shown(page, ' sessions');
  });
});
