import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

export { chromiumPath, launchBrowser } from './chromium.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Keeps a picture of the page under .artifacts/. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(ROOT, '.artifacts');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
