// Chromium as the tests and the benchmarks start it.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser's program, from CHROMIUM_BIN or where Debian puts it; undefined where there is none. */
export const chromiumPath = () => [process.env.CHROMIUM_BIN, ...PLACES].find((path) => path !== undefined && existsSync(path));

export function launchBrowser() {
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
