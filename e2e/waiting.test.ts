import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { violations } from './support/axe.js';
import { chromiumPath, launchBrowser, picture } from './support/browser.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { Person } from './support/person.js';
import { withPart } from './support/real-parts.js';

const present = chromiumPath() !== undefined;
const test = withPart('Chromium', present);

/** What a person's browser met on its way: pages with their status, and what a page complained of. */
interface Seen {
  pages: [path: string, status: number][];
  complaints: string[];
}

function watch(page: Page): Seen {
  const seen: Seen = { pages: [], complaints: [] };
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) seen.pages.push([new URL(response.url()).pathname, response.status()]);
  });
  page.on('pageerror', (error) => seen.complaints.push(String(error)));
  page.on('console', (message) => {
    // Chromium asks for one of the demo's page, which has none.
    const isIcon = message.location().url.endsWith('/favicon.ico');
    if (message.type() === 'error' && !isIcon) seen.complaints.push(`${message.text()} (${message.location().url})`);
  });
  return seen;
}

/** The demo's own page is there. */
const arrive = (page: Page) => page.getByText('A container of your own').waitFor({ timeout: 60_000 });

async function signIn(page: Page, origin: string, user: string): Promise<void> {
  await page.goto(`${origin}/narrative/`);
  await page.fill('input[name=user]', user);
  await page.press('input[name=user]', 'Enter');
}

/** People in a real browser wait for their notebooks, through the real Traefik. */
describe('waiting for a notebook', () => {
  let mooring: RunningMooring;
  let browser: Browser;
  let page: Page | undefined;
  beforeAll(async () => {
    if (!present) return;
    mooring = await startMooring({ env: { MOORING_PACE: 'recorded' } });
    browser = await launchBrowser();
  }, 120_000);
  afterEach(() => page?.context().close());
  afterAll(async () => {
    await browser?.close();
    await mooring?.dispose();
  }, 30_000);

  test('is seen step by step, with the keyboard alone, and ends without a flash of error', async () => {
    page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    const seen = watch(page);
    await page.goto(`${mooring.origin}/narrative/`);
    expect(await violations(page)).toEqual([]);
    // It goes on to the notebook when it has been seen, however slowly this machine paints.
    let goOn: () => void = () => undefined;
    const looked = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await page.route('**/narrative/', (route) => looked.then(() => route.continue()));
    await page.keyboard.type('alice');
    await page.keyboard.press('Enter');
    await page.locator('.step[data-state="done"] .took', { hasText: 's' }).first().waitFor();
    await picture(page, 'waiting-cold-start');
    goOn();
    await arrive(page);
    expect(seen.pages.filter(([, status]) => status >= 400)).toEqual([]);
    expect(seen.complaints).toEqual([]);
  }, 90_000);

  test('needs no script', async () => {
    page = await browser.newPage({ javaScriptEnabled: false });
    const seen = watch(page);
    await signIn(page, mooring.origin, 'bob');
    await page.locator('#headline').waitFor();
    await page.locator('#waiting').waitFor({ state: 'detached', timeout: 60_000 });
    expect(seen.pages.filter(([, status]) => status >= 400)).toEqual([]);
  }, 90_000);

  test('ends where events are held back, too: the page asks by itself', async () => {
    page = await browser.newPage();
    let asked = 0;
    // Neither answered nor refused: as a proxy does that waits for the end of the body.
    await page.route('**/events', () => undefined);
    page.on('request', (request) => {
      if (/\/narrative_session\/narrative-[^/]+$/.test(request.url())) asked += 1;
    });
    await signIn(page, mooring.origin, 'cy');
    await arrive(page);
    expect(asked).toBeGreaterThan(0);
  }, 90_000);
});

/** One start at a time: the others see their place, and see it move. */
describe('a notebook that waits for its turn', () => {
  let mooring: RunningMooring;
  let browser: Browser;
  afterAll(async () => {
    await browser?.close();
    await mooring?.dispose();
  }, 30_000);

  test('shows its place until it is its turn, and ends as any other', async () => {
    mooring = await startMooring({ env: { MOORING_PACE: 'recorded', MOORING_MAX_STARTS: '1' } });
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, reducedMotion: 'reduce' });
    const seen = watch(page);
    for (const user of ['ann', 'ben', 'cleo', 'dan']) {
      const person = new Person(mooring.origin, user);
      await person.signIn();
      await person.wish();
    }
    await signIn(page, mooring.origin, 'eve');
    await page.locator('#waiting[data-mood="queued"]').waitFor();
    await picture(page, 'waiting-queue');
    const first = Number(await page.locator('#place').textContent());
    expect(first).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    await page.locator('#waiting[data-mood="starting"]').waitFor({ timeout: 60_000 });
    await arrive(page);
    expect(seen.pages.filter(([, status]) => status >= 400)).toEqual([]);
    expect(seen.complaints).toEqual([]);
  }, 120_000);
});

/** A start that fails, what its person is told, and how it goes on once the operators have put it right. */
describe('a notebook that does not start', () => {
  let mooring: RunningMooring;
  let browser: Browser;
  afterAll(async () => {
    await browser?.close();
    await mooring?.dispose();
  }, 30_000);

  test('says why and whom to ask, and is started by a click once that is put right', async () => {
    const env = { MOORING_CONTACT: 'help@lab.example', MOORING_UNKNOWN_IMAGE: 'error' };
    mooring = await startMooring({ env: { ...env, MOORING_IMAGE: 'lab/missing:1' } });
    const { base, data, origin } = mooring;
    browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    await signIn(page, origin, 'alice');
    await page.locator('#waiting[data-mood="failed"]').waitFor();
    expect(await page.locator('#lead').textContent()).toBe('The program that your notebook runs could not be found.');
    await page.locator('#failure a[href^="mailto:help@lab.example"]').waitFor();
    await picture(page, 'waiting-failure');
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('last tried at').waitFor();
    await page.locator('#waiting[data-mood="failed"]').waitFor();

    await mooring.end('SIGTERM');
    await page.locator('#trouble').waitFor({ timeout: 30_000 });
    await picture(page, 'waiting-no-connection');
    mooring = await startMooring({ base, data, env });
    await page.locator('#trouble').waitFor({ state: 'hidden', timeout: 30_000 });
    await page.getByRole('button', { name: 'Try again' }).click();
    await arrive(page);
    await picture(page, 'waiting-recovered');
  }, 180_000);
});
