import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { chromiumPath, launchBrowser, picture } from './support/browser.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { withPart } from './support/real-parts.js';

const present = chromiumPath() !== undefined;
const test = withPart('Chromium', present);

/** A person signs in, sees what is happening, and works in a real Jupyter behind a real Traefik. */
describe('first light, in a real browser', () => {
  let mooring: RunningMooring;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    if (!present) return;
    // Jupyter is installed at the first start on a machine.
    mooring = await startMooring({ env: { MOORING_IMAGE: 'mooring/jupyter' }, readyWithinMs: 300_000 });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  }, 330_000);

  afterAll(async () => {
    await browser?.close();
    await mooring?.dispose();
  }, 30_000);

  test('sign in, wait, land in Jupyter, run a cell in a kernel', async () => {
    const { origin } = mooring;
    await page.goto(`${origin}/narrative/`);
    expect(new URL(page.url()).pathname).toBe('/login');
    await picture(page, '1-sign-in');
    await page.fill('input[name=user]', 'alice');
    await page.press('input[name=user]', 'Enter');

    // Set up and started, each with the time that it took.
    // Where all is quick, the page has moved on before anybody could look.
    const landed = page.waitForURL('**/narrative/lab**', { timeout: 60_000 });
    await Promise.race([page.locator('.step[data-state="done"] .took', { hasText: 's' }).nth(1).waitFor({ timeout: 60_000 }), landed]);
    await picture(page, '2-waiting');
    await landed;
    const card = page.locator('.jp-LauncherCard[data-category="Notebook"]').first();
    await card.waitFor({ timeout: 60_000 });
    await picture(page, '3-jupyter');

    await card.click();
    const cell = page.locator('.jp-Notebook .jp-Cell .cm-content').first();
    await cell.waitFor({ timeout: 60_000 });
    // JupyterLab drops what is run before the kernel has said that it is there.
    await page.getByText('(ipykernel) | Idle').waitFor({ timeout: 60_000 });
    await cell.click();
    await page.keyboard.type('import os; print("the answer is", 6 * 7, os.getcwd() != "/")');
    await page.keyboard.press('Shift+Enter');
    const output = page.locator('.jp-OutputArea-output pre').first();
    await output.waitFor({ timeout: 60_000 });
    expect(await output.textContent()).toContain('the answer is 42 True');
    await picture(page, '4-a-cell-has-run');
  }, 240_000);

  test('the cookie is out of reach for scripts', async () => {
    const [session] = (await page.context().cookies()).filter(({ name }) => name === 'narrative_session');
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(session?.value).toMatch(/^[0-9a-f]{64}$/);
    expect(await page.evaluate(() => document.cookie)).not.toContain('narrative_session');
  });
});
