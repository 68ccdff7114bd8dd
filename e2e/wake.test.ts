import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConflictError, openStore, type Session, type Store } from '../packages/resources/src/index.js';
import { chromiumPath, launchBrowser, picture } from './support/browser.js';
import { ROOT, runCommand } from './support/command.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { ask, Person } from './support/person.js';
import { withPart } from './support/real-parts.js';
import { recordedOf } from './support/recorded.js';
import { until } from './support/until.js';

function unlessConflict(error: unknown): undefined {
  if (!(error instanceof ConflictError)) throw error;
}

const PAGE = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };

describe('a session that was stopped', () => {
  let mooring: RunningMooring;
  let store: Store;
  beforeAll(async () => {
    mooring = await startMooring();
    store = await openStore({ path: join(mooring.data, 'mooring.db') });
  }, 120_000);
  afterAll(async () => {
    await store?.close();
    await mooring?.dispose();
  }, 30_000);

  const sessionOf = (user: string) => recordedOf(store, user);
  const stop = async (user: string): Promise<Session> => {
    // Its status is written at the same time.
    await until(async () => {
      const session = await sessionOf(user);
      return store.update('Session', { ...session, spec: { ...session.spec, running: false } }).catch(unlessConflict);
    });
    return until(async () => {
      const now = await sessionOf(user);
      return now.status.phase === 'Stopped' && now;
    });
  };
  const containers = async (): Promise<string[]> => {
    const { text } = await ask(`http://127.0.0.1:${mooring.base + 1}`, '/v2-beta/projects/1a5/containers');
    return (JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id).sort();
  };

  it('stays so for what polls and saves, and is woken once, in its container, by navigations however many', async () => {
    const person = new Person(mooring.origin, 'alice');
    const before = await person.openDemo();
    const kept = await containers();
    const stopped = await stop('alice');
    const background = [
      await person.ask('/narrative/api/status', { headers: { 'sec-fetch-mode': 'cors', accept: 'application/json' } }),
      await person.ask('/narrative/api/contents/a.ipynb', { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } }),
      await person.ask('/narrative/', { headers: { ...PAGE, upgrade: 'websocket', connection: 'upgrade' } }),
    ];
    for (const { status, headers } of background)
      expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '5', expect.stringContaining('problem+json')]);
    const { metadata, spec } = await sessionOf('alice');
    expect([metadata.generation, metadata.annotations, spec]).toEqual([
      stopped.metadata.generation,
      stopped.metadata.annotations,
      stopped.spec,
    ]);

    const pages = await Promise.all(Array.from({ length: 10 }, () => person.ask('/narrative/', { headers: PAGE })));
    expect(pages.map(({ status }) => status)).toEqual(Array(10).fill(201));
    const after = await person.demoStatus();
    const woken = await sessionOf('alice');
    expect(woken.metadata).toMatchObject({ uid: stopped.metadata.uid, generation: stopped.metadata.generation + 1 });
    expect(Date.parse(woken.metadata.annotations['mooring.dev/wanted-at'] ?? '')).toBeGreaterThan(0);
    expect(after.instance).not.toBe(before.instance);
    expect(await containers()).toEqual(kept);
  }, 90_000);

  it('is explained, beside the running Mooring', async () => {
    const { metadata } = await sessionOf('alice');
    const explain = async (...args: string[]) => {
      const main = join(ROOT, 'packages/mooring/dist/main.js');
      const running = runCommand(process.execPath, [main, 'explain', ...args], { PATH: process.env.PATH, MOORING_DATA: mooring.data });
      await new Promise((resolve) => running.child.once('close', resolve));
      return { code: running.child.exitCode, out: running.stdout(), err: running.stderr() };
    };
    const told = await explain(metadata.name, '--json');
    expect([told.code, told.err]).toEqual([0, '']);
    expect(JSON.parse(told.out)).toMatchObject({ session: metadata.name, owner: 'alice', uid: metadata.uid });
    expect(await explain('narrative-eve-1')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('There is no session') });
  }, 30_000);

  withPart('Chromium', chromiumPath() !== undefined)(
    'is opened again by one click on a waiting page that has been open for long',
    async () => {
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage();
        // The page is told that its session was let go, a while after it was opened, and then that it is gone.
        const progress = {
          mood: 'stopped',
          headline: 'Your notebook is stopped',
          lead: 'Nobody used it.',
          action: 'Open it again',
          steps: [],
        };
        const view = { name: 'x', phase: 'Stopped', conditions: [], url: '/narrative/', letGo: true, progress };
        await page.addInitScript('const now = performance.now.bind(performance); performance.now = () => now() + 60_000;');
        const told = { gone: false };
        await page.route('**/events', (route) => {
          const event = told.gone ? 'event: gone\ndata: {}' : `event: status\ndata: ${JSON.stringify(view)}`;
          return route.fulfill({ contentType: 'text/event-stream', body: `retry: 100\n\n${event}\n\n` });
        });
        await page.goto(`${mooring.origin}/narrative/`);
        await page.fill('input[name=user]', 'bob');
        await page.press('input[name=user]', 'Enter');
        const keep = page.locator('#keep');
        await keep.waitFor();
        await picture(page, '5-stopped');
        expect(await keep.textContent()).toBe('Open it again');
        expect(await page.locator('#headline').textContent()).toBe('Your notebook is stopped');
        told.gone = true;
        await page.getByText('Open a new one').waitFor();
        expect(await page.locator('#headline').textContent()).toBe('Your notebook was put away');
        await until(async () => (await sessionOf('bob')).status.phase === 'Ready');
        await keep.click();
        await page.waitForFunction('document.getElementById("waiting") === null');
      } finally {
        await browser.close();
      }
    },
    90_000,
  );
});
