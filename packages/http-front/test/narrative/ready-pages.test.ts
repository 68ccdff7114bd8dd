import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localPath } from '../../src/http/url.js';
import { ReadyPages } from '../../src/narrative/ready-pages.js';
import { waitingPage } from '../../src/narrative/waiting-page.js';
import { viewOf } from '../../src/sessions/status.js';
import { readySession } from '../support/ready-session.js';

const names = fc.stringMatching(/^[A-Za-z0-9]{1,20}(-[A-Za-z0-9]{1,20}){0,2}$/);
const paths = fc
  .oneof(fc.webPath(), fc.string(), fc.constantFrom('/narrative/SLOT-OF-THE-NAME', '/$&', '/a?b=\'<"&'))
  .map((text) => localPath(text, '/narrative/'));
const usual = fc.option(
  fc.record({ median: fc.double({ min: 0, max: 500, noNaN: true }), ninetieth: fc.double({ min: 0, max: 500, noNaN: true }) }),
  {
    nil: undefined,
  },
);
const contacts = fc.constantFrom(undefined, 'help@lab.example', 'https://lab.example/help', 'Ada (room <4>)', 'Büro 4');

const arounds = fc.record({ readyUrl: paths, missedRoute: fc.boolean(), usual, now: fc.nat() });

describe('the page of a session that is ready', () => {
  it('is the waiting page, whatever its session is called and whatever was asked for', () => {
    const cases = fc.record({ name: names, url: paths, contact: contacts, around: arounds });
    fc.assert(
      fc.property(cases, ({ name, url, contact, around }) => {
        const pages = new ReadyPages(contact);
        // What somebody else's page has left must not show.
        pages.page(readySession('somebody-else'), '/narrative/other', { ...around, readyUrl: '/narrative/other', now: 7 });
        const session = readySession(name);
        const { text, encoding } = pages.page(session, url, around);
        expect(text).toBe(waitingPage(viewOf(session, url), { ...around, contact }).text);
        expect(Buffer.from(text, encoding).toString('utf8')).toBe(text);
      }),
    );
  });

  it('is made anew where starts go another way, and forgets old ways', () => {
    const pages = new ReadyPages(undefined);
    const text = (median: number) =>
      pages.page(readySession('a'), '/narrative/', {
        readyUrl: '/narrative/',
        missedRoute: false,
        usual: { median, ninetieth: 90 },
        now: 1,
      }).text;
    for (let median = 1; median <= 40; median += 1)
      expect(text(median)).toContain(`about ${median === 1 ? 'a second' : `${median} seconds`};`);
    expect(text(1)).toContain('about a second;');
  });
});
