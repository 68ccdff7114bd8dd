import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { chromiumPath, launchBrowser, picture } from './support/browser.js';
import { Operator, ROUTE_TOKEN } from './support/operator.js';
import { withPart } from './support/real-parts.js';
import type { RunningServe } from './support/serve.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const present = chromiumPath() !== undefined;
const test = withPart('Chromium', present);
const PATH = '/narrative_session/-/dashboard';

/** The dashboard as a site's administrators reach it: through the real Traefik, signed in, with sessions that run. */
describe('the dashboard of a site', () => {
  let operator: Operator;
  let serve: RunningServe;
  let traefik: RunningTraefik;
  let browser: Browser;
  beforeAll(async () => {
    if (!present) return;
    operator = await Operator.open();
    // Everybody of the made-up sign-in service has this role.
    serve = await operator.serve({ hostname: undefined, status_role: 'KBASE_USER', num_prespawn: '1' });
    traefik = await startTraefik({
      ports: operator.ports,
      routes: { url: `${serve.internal}/traefik/config`, token: ROUTE_TOKEN },
      frontUrl: serve.front,
    });
    await serve.ready();
    browser = await launchBrowser();
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await traefik?.close();
    await operator?.close();
  }, 30_000);

  test('shows a session that comes, and stops it; the audit tells who did', async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const complaints: string[] = [];
    // While it is stopped, the log that is shown says 404 once it has no container, which a browser takes for an error.
    const isOfLog = (url: string) => new URL(url, traefik.origin).pathname.endsWith('/log');
    page.on('console', (message) => {
      if (message.type() === 'error' && !isOfLog(message.location().url)) complaints.push(`${message.text()} ${message.location().url}`);
    });
    await page.goto(`${traefik.origin}${PATH}`);
    expect(decodeURIComponent(page.url())).toContain(PATH);
    expect(await page.locator('#sessions').count()).toBe(0);
    complaints.splice(0);
    const root = operator.signedIn('root');
    const value = root.cookies.get('kbase_session') as string;
    await page.context().addCookies([{ name: 'kbase_session', value, url: traefik.origin }]);
    await page.goto(`${traefik.origin}${PATH}`);
    await page.locator('#feed', { hasText: 'live' }).waitFor();
    await page.locator('#pools', { hasText: '1 of 1 ready' }).waitFor();
    const ada = operator.signedIn('ada');
    ada.cookies.set('kbase_session', ada.cookies.get('kbase_session') as string);
    const { name } = (await ada.wish()).json();
    const row = page.locator('.table .body .row', { hasText: `${name}` });
    await row.waitFor();
    await until(async () => (await row.getAttribute('data-state')) === 'Ready', { withinMs: 30_000 });
    await row.click();
    await page.locator('.conditions li', { hasText: 'Route seen' }).waitFor();
    await page.locator('#tab-log').click();
    await page.locator('.panel .measure', { hasText: 'read every four seconds' }).waitFor();
    await page.locator('#deeds button', { hasText: 'Stop' }).click();
    await page.locator('#ask-yes').click();
    await until(async () => (await row.getAttribute('data-state')) === 'Stopped', { withinMs: 30_000 });
    await picture(page, 'dashboard-site');
    expect(serve.stdout()).toMatch(/"component":"audit".*"action":"session.stop","who":"root","whose":"ada"/);
    expect(complaints).toEqual([]);
  }, 90_000);
});
