import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Session } from '../packages/resources/src/index.js';
import { violations } from './support/axe.js';
import { chromiumPath, launchBrowser, picture } from './support/browser.js';
import { type MadeUpFront, openMadeUpFront } from './support/made-up-front.js';
import { withPart } from './support/real-parts.js';
import { until } from './support/until.js';

const present = chromiumPath() !== undefined;
const test = withPart('Chromium', present);
const NAME = 'narrative-ada-e4ea29';
const SIZES = { wide: { width: 1200, height: 800 }, narrow: { width: 390, height: 844 } };

const condition = (type: string, status: 'True' | 'False', reason: string, message = '') => ({
  ...{ type, status, reason, message },
  lastTransitionTime: new Date(0).toISOString(),
});
/** It was done so many seconds ago. */
const done = (type: string, seconds: number) => ({
  ...condition(type, 'True', 'Seen'),
  lastTransitionTime: new Date(Date.now() - seconds * 1000).toISOString(),
});
const starting = () => [
  done('ServiceCreated', 8.6),
  done('ContainerRunning', 3.9),
  condition('Reachable', 'False', 'DoesNotAnswer', 'ECONNREFUSED'),
  condition('Routed', 'False', 'NotReachable'),
];
const NO_ROOM = 'Allocation failed: host needs ports 9999/tcp available';

/** What a session of a made-up kind looks like; one that is queued looks like a new one, until its place is told. */
const KINDS: Record<string, (session: Session) => void> = {
  queued: () => undefined,
  starting: ({ status }) => Object.assign(status, { phase: 'Starting', conditions: starting() }),
  failed: ({ status }) => {
    const failed = condition('ContainerRunning', 'False', 'RancherError', NO_ROOM);
    Object.assign(status, { phase: 'Failed', conditions: [done('ServiceCreated', 8.6), failed] });
  },
  marked: ({ status }) =>
    Object.assign(status, { phase: 'Starting', conditions: [...starting(), condition('Marked', 'True', 'NotUsed', 'Nobody uses it.')] }),
  stopped: ({ spec, status }) => {
    spec.running = false;
    status.phase = 'Stopped';
  },
  away: ({ metadata }) => {
    metadata.deletionTimestamp = new Date().toISOString();
  },
};

/** The waiting page in a real browser, in each of its states, before a front whose sessions are made up. */
describe('the waiting page', () => {
  let browser: Browser;
  let front: MadeUpFront;
  let context: BrowserContext | undefined;
  beforeAll(async () => {
    if (present) browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    const usual = { median: 3.4, ninetieth: 11.2 };
    front = await openMadeUpFront({ settings: { contact: 'help@lab.example' }, usualStart: () => usual });
  });
  afterEach(async () => {
    await context?.close();
    await front.app.close();
  });

  /** Ada's page, once she has asked for her notebook. */
  async function open(options: Parameters<Browser['newContext']>[0] = {}, path = '/narrative/'): Promise<Page> {
    context = await browser.newContext({ viewport: SIZES.wide, ...options });
    await context.addCookies([front.cookieOf('ada')]);
    const page = await context.newPage();
    await page.goto(`${front.origin}${path}`);
    return page;
  }
  /** Asked for nine seconds ago; the made-up store takes the epoch. */
  const become = (kind: keyof typeof KINDS): Session =>
    front.store.change(NAME, (session) => {
      session.metadata.creationTimestamp = new Date(Date.now() - 9_000).toISOString();
      KINDS[kind]?.(session);
    });
  const headline = (page: Page) => page.locator('#headline').textContent();
  const shows = (page: Page, text: string) => page.locator('#headline', { hasText: text }).waitFor();
  const announced = (page: Page, text: string) => page.locator('#announce', { hasText: text }).waitFor({ state: 'attached' });

  const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
    (['wide', 'narrow'] as const).map((size) => [colorScheme, size] as const),
  );
  for (const [colorScheme, size] of looks) {
    test(`has nothing that axe holds against it, in ${colorScheme} and ${size}`, async () => {
      const page = await open({ colorScheme, viewport: SIZES[size], reducedMotion: 'reduce' });
      for (const kind of Object.keys(KINDS).filter((name) => name !== 'queued')) {
        // A page that was opened just now would ask for a session that is let go.
        await page.evaluate('performance.now = () => 60_000');
        become(kind);
        await page.locator(`#waiting[data-mood="${kind}"]`).waitFor();
        await picture(page, `waiting-${kind}-${size}-${colorScheme}`);
        expect([kind, await violations(page)]).toEqual([kind, []]);
        front.store.change(NAME, ({ metadata, spec, status }) => {
          delete metadata.deletionTimestamp;
          spec.running = true;
          Object.assign(status, { phase: 'Pending', conditions: [] });
        });
      }
      expect(await page.evaluate('document.getAnimations().length')).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }, 60_000);
  }

  test('shows the place in the queue, tells a screen reader of it seldom, and goes on when it is its turn', async () => {
    let events: string[] = [];
    context = await browser.newContext({ viewport: SIZES.wide });
    await context.addCookies([front.cookieOf('ada')]);
    const page = await context.newPage();
    await page.route('**/events', (route) => route.fulfill({ contentType: 'text/event-stream', body: `retry: 100\n\n${events.join('')}` }));
    await page.goto(`${front.origin}/narrative/`);
    const session = become('queued');
    events = [front.event(session, { queue: { place: 3, of: 12 } })];
    await page.getByText('2 starts are before yours').waitFor();
    expect(await page.locator('#queue').textContent()).toBe('Place 3 of 12 in the queue');
    await announced(page, 'Your notebook waits for its turn. Place 3 of 12 in the queue.');
    await picture(page, 'waiting-queued-wide-light');
    expect(await violations(page)).toEqual([]);
    events = [front.event(session, { queue: { place: 1, of: 11 } })];
    await page.getByText('You are next').waitFor();
    expect(await page.locator('#announce').textContent()).toContain('Place 3');
    events = [front.event(become('starting'))];
    await shows(page, 'Your notebook is starting');
    expect(await page.locator('#queue').isVisible()).toBe(false);
    await announced(page, 'Your notebook is starting. Started, 3 of 5 steps done.');
  }, 60_000);

  test('counts on while a step takes its time, and says when it takes longer than usual', async () => {
    const page = await open();
    become('starting');
    await page.locator('.step[data-state="current"]').getByText('It is loading').waitFor();
    const took = () => page.locator('.step[data-state="current"] .took').textContent();
    const first = await took();
    await until(async () => (await took()) !== first);
    expect(await page.locator('#usual').textContent()).toBe('Usually takes about 4 seconds; nine in ten are ready within 12 seconds.');
    expect(await page.locator('#late').isVisible()).toBe(false);
    // Twice the ninetieth, or half a minute where that is less.
    front.store.change(NAME, ({ metadata }) => {
      metadata.creationTimestamp = new Date(Date.now() - 40_000).toISOString();
    });
    await page.locator('#late').waitFor();
    expect(await page.locator('#late a').getAttribute('href')).toContain('mailto:help@lab.example');
  }, 60_000);

  test('asks by itself where a proxy holds its events back, or lets none through, and goes on', async () => {
    for (const block of ['held back', 'refused'] as const) {
      context = await browser.newContext();
      await context.addCookies([front.cookieOf('ada')]);
      const page = await context.newPage();
      await page.route('**/events', (route) => (block === 'refused' ? route.abort() : undefined));
      await page.goto(`${front.origin}/narrative/`);
      become('starting');
      await shows(page, 'Your notebook is starting');
      expect(await page.locator('#trouble').isVisible()).toBe(false);
      front.store.change(NAME, ({ status }) => Object.assign(status, { phase: 'Pending', conditions: [] }));
      await shows(page, 'Your notebook is being prepared');
      await context.close();
    }
  }, 60_000);

  test('says that there is no connection, and recovers by itself', async () => {
    const page = await open();
    await page.route('**/narrative_session/**', (route) => route.abort());
    // The stream that is open ends, and what comes after it finds nobody.
    front.store.change(NAME, ({ metadata }) => Object.assign(metadata, { annotations: {} }));
    await page.evaluate('performance.now = () => 60_000');
    await page.context().setOffline(true);
    await endStreams(front);
    await page.locator('#trouble').waitFor({ timeout: 30_000 });
    await page.context().setOffline(false);
    await page.unroute('**/narrative_session/**');
    become('starting');
    await shows(page, 'Your notebook is starting');
    expect(await page.locator('#trouble').isVisible()).toBe(false);
  }, 60_000);

  test('tries again at the press of a key, and tells what the data centre said', async () => {
    const page = await open();
    become('failed');
    await page.getByText('There is no room for your notebook at the moment.').waitFor();
    expect(await headline(page)).toBe('Your notebook could not be started');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');
    await page.keyboard.press('Enter');
    expect(await page.getByText(NO_ROOM).isVisible()).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Try again');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await page.locator('#tried').getByText('last tried at').waitFor();
    expect(front.store.all()[0]?.metadata.annotations).toHaveProperty(['mooring.dev/wanted-at']);
  }, 60_000);

  test('says all of it without a script, and looks again by itself', async () => {
    const page = await open({ javaScriptEnabled: false });
    await page.locator('noscript .button').waitFor();
    become('failed');
    await page.getByText('There is no room for your notebook at the moment.').waitFor({ timeout: 15_000 });
    await page.getByText('Try again', { exact: true }).click();
    await page.getByText(/last tried at \d\d:\d\d:\d\d UTC/).waitFor();
  }, 60_000);
});

/** Ends every connection, as a proxy does that starts anew. */
async function endStreams({ app }: MadeUpFront): Promise<void> {
  app.server.closeAllConnections();
}
