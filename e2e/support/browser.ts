import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser's program, from CHROMIUM_BIN or where Debian puts it; undefined where there is none. */
export const chromiumPath = (): string | undefined =>
  [process.env.CHROMIUM_BIN, ...PLACES].find((path) => path !== undefined && existsSync(path));

export function launchBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error('there is no Chromium on this machine (Debian: apt-get install chromium), nor does CHROMIUM_BIN name one');
  return chromium.launch({
    executablePath,
    // Root has no sandbox to start; the rest keeps the browser from asking hosts outside.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Keeps a picture of the page under .artifacts/. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(ROOT, '.artifacts');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
