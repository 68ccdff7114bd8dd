import { afterEach, describe, expect, it } from '@jest/globals';
import { as, type TestFront, type TestFrontOptions, testFront } from '../support/front.js';

const NAME = 'narrative-ada-e4ea29';

let front: TestFront;
afterEach(() => front.app.close());

async function pageOf(options: TestFrontOptions = {}, prepare: () => unknown = () => undefined): Promise<string> {
  front = await testFront({ now: () => 12_000, ...options });
  await front.app.inject(as('ada'));
  prepare();
  return (await front.app.inject(as('ada'))).body;
}

const text = (page: string, id: string): string => new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(page)?.[1] ?? 'not there';
const isHidden = (page: string, id: string): boolean => new RegExp(`id="${id}"[^>]* hidden`).test(page);
const fail = () =>
  front.store.change(NAME, ({ status }) => {
    status.phase = 'Failed';
    const failed = { type: 'ServiceCreated', status: 'False' as const, reason: 'NameTaken', message: 'Taken by <b>.' };
    status.conditions = [{ ...failed, lastTransitionTime: new Date(0).toISOString() }];
  });

describe('the waiting page', () => {
  it('says what is happening, since when, and how long it usually takes, without a script', async () => {
    const page = await pageOf({ usualStart: (kind) => (kind === 'created' ? { median: 3.4, ninetieth: 11.2 } : undefined) });
    expect(text(page, 'headline')).toBe('Your notebook is being prepared');
    expect(text(page, 'elapsed')).toBe('12 s so far.');
    expect(text(page, 'asked-at')).toBe('00:00:00 UTC');
    expect(text(page, 'usual')).toBe('Usually takes about 4 seconds; nine in ten are ready within 12 seconds.');
    expect(page).toContain('data-late-after="30"');
    expect(page).toMatch(/<noscript><meta http-equiv="refresh" content="3; url=\/narrative\/"><\/noscript>/);
    for (const id of ['queue', 'failure', 'keeping', 'late', 'trouble']) expect([id, isHidden(page, id)]).toEqual([id, true]);
  });

  it.each([
    [undefined, ''],
    [{ median: 0.2, ninetieth: 0.9 }, 'Usually takes about a second.'],
    [{ median: 50, ninetieth: 200 }, 'Usually takes about 50 seconds; nine in ten are ready within 4 minutes.'],
  ])('says what is known of %o', async (usual, words) => {
    expect(text(await pageOf({ usualStart: () => usual }), 'usual')).toBe(words);
  });

  it('says of a start that failed why, what can be done, and what was said, with a form that tries again', async () => {
    const page = await pageOf({}, fail);
    expect(isHidden(page, 'failure')).toBe(false);
    expect(text(page, 'lead')).toBe('Something else has the name that your notebook needs.');
    expect(text(page, 'detail')).toBe('Taken by &lt;b&gt;.');
    expect(page).toContain(`<form method="post" action="/narrative_session/${NAME}/retry">`);
    expect(page).toContain('<input type="hidden" name="next" value="/narrative/">');
    expect(page).toContain('ask the operators, and tell them');
    expect(page).toContain('content="15; url=');
  });

  it.each([
    ['help@lab.example', `<a href="mailto:help@lab.example?subject=Notebook%20${NAME}">help@lab.example</a>`],
    ['https://lab.example/help', '<a href="https://lab.example/help">https://lab.example/help</a>'],
    ['Ada (room <4>)', 'ask Ada (room &lt;4&gt;), and'],
    ['javascript:alert(1)', 'ask javascript:alert(1), and'],
  ])('says whom to ask: %s', async (contact, words) => {
    expect(await pageOf({ settings: { contact } }, fail)).toContain(words);
  });

  it('fetches each script that it needs at once', async () => {
    const page = await pageOf();
    const entry = /<script type="module" src="([^"]+)"/.exec(page)?.[1] ?? '';
    const loaded = new Set([entry, ...[...page.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((match) => match[1] ?? '')]);
    for (const url of loaded) {
      const script = await front.app.inject({ url });
      expect(script.statusCode).toBe(200);
      for (const [, file = ''] of script.body.matchAll(/from '\.\/([^']+)'/g)) expect(loaded).toContain(url.replace(/[^/]+$/, file));
    }
  });
});
