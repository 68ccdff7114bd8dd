import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { Asker, ProbeAnswer } from '../../src/routes/prober.js';
import { failsOverOnErrors, readsDocument, TraefikVersion } from '../../src/routes/traefik-version.js';
import { FakeClock } from '../runtime/fake-clock.js';

describe('failsOverOnErrors', () => {
  it.each(['3.7.0', '3.7.15', 'v3.7.1', '3.10.2'])('%s does', (version) => expect(failsOverOnErrors(version)).toBe(true));
  it.each(['3.6.15', '2.11.53', '3.7.0-rc.1', '4.0.0', 'dev', '', '3.7', undefined])('%s is not known to', (version) =>
    expect(failsOverOnErrors(version)).toBe(false),
  );
});

describe('readsDocument', () => {
  it.each([
    ['3.7.15', true],
    ['v3.0.0', true],
    ['2.11.53', false],
    ['1.7.34', undefined],
    ['dev', undefined],
    [undefined, undefined],
  ])('%s: %s', (version, expected) => expect(readsDocument(version)).toBe(expected));
});

const answer = (text: string, status = 200): ProbeAnswer => ({ status, headers: {}, text });

/** Watches a Traefik that gives these answers, one after another, and then none. */
async function watched(answers: ProbeAnswer[], apiUrl = 'http://traefik:8080') {
  const clock = new FakeClock();
  const stop = new AbortController();
  const asked: string[] = [];
  const told: (string | undefined)[] = [];
  const lines: string[] = [];
  let closed = false;
  const asker: Asker = {
    ask: async ({ origin, path }) => {
      asked.push(`${origin}${path}`);
      return answers.shift() ?? { error: 'ECONNREFUSED' };
    },
    close: async () => {
      closed = true;
    },
  };
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line).msg) });
  const onVersion = (version: string | undefined): void => {
    told.push(version);
    if (answers.length === 0) stop.abort();
  };
  const watching = new TraefikVersion({ apiUrl, clock, log, signal: stop.signal, onVersion, asker }).follow();
  while (!stop.signal.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_000);
  }
  await watching;
  return { asked, told, lines, closed, pending: clock.pending };
}

describe('a Traefik whose version is followed', () => {
  it('asks again and again, and says once what has changed', async () => {
    const { asked, told, lines, closed, pending } = await watched([
      answer('{"Version":"3.6.2","Codename":"ramequin"}'),
      answer('{"Version":"3.6.2"}'),
      { error: 'ECONNREFUSED' },
      { error: 'ECONNREFUSED' },
      answer('{"Version":"3.7.15"}'),
    ]);
    expect(told).toEqual(['3.6.2', '3.6.2', undefined, undefined, '3.7.15']);
    expect(lines).toEqual([
      'this Traefik does not fail over on errors: pages do not',
      "Traefik's API does not tell its version: pages do not fail over",
      'Traefik fails over on errors: pages do',
    ]);
    expect(new Set(asked)).toEqual(new Set(['http://traefik:8080/api/version']));
    expect([closed, pending]).toEqual([true, 0]);
  });

  it.each([answer('{"Version":"3.7.15"}', 401), answer('<html>'), answer('{"version":"3.7.15"}'), answer('null')])(
    'takes %j for no version',
    async (wrong) => expect((await watched([wrong])).told).toEqual([undefined]),
  );

  it('finds the API below a path', async () => {
    expect((await watched([answer('{"Version":"3.7.15"}')], 'https://example.org/traefik/')).asked).toEqual([
      'https://example.org/traefik/api/version',
    ]);
  });

  it('is asked before somebody new is given the routes, until it answers, and not for ever', async () => {
    const clock = new FakeClock();
    const answers: ProbeAnswer[] = [];
    const told: (string | undefined)[] = [];
    const asker: Asker = { ask: async () => answers.shift() ?? { error: 'ECONNREFUSED' }, close: async () => undefined };
    const onVersion = (version: string | undefined): number => told.push(version);
    const { signal } = new AbortController();
    const version = new TraefikVersion({ apiUrl: 'http://traefik:8080', clock, log: pino({ level: 'silent' }), signal, onVersion, asker });
    /** Answers after how many ms it resolved. */
    const renewed = async (): Promise<number> => {
      const from = clock.now();
      let isDone = false;
      const both = Promise.all([version.renew(), version.renew()]).finally(() => {
        isDone = true;
      });
      while (!isDone) {
        await new Promise((resolve) => setImmediate(resolve));
        if (!isDone) clock.advance(10);
      }
      await both;
      return clock.now() - from;
    };
    // One that has never told its version is asked once.
    expect([await renewed(), told]).toEqual([0, [undefined]]);
    told.length = 0;
    answers.push(answer('{"Version":"3.7.15"}'));
    void version.follow();
    await new Promise((resolve) => setImmediate(resolve));
    answers.push({ error: 'ECONNREFUSED' }, answer('404 page not found', 404), answer('{"Version":"2.11.53"}'));
    expect(await renewed()).toBeLessThan(200);
    expect(told).toEqual(['3.7.15', undefined, undefined, '2.11.53']);
    expect(await renewed()).toBeGreaterThanOrEqual(1000);
  });
});
