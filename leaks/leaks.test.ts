import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findLeaks, readWatch } from './find-leaks.mjs';

const secret = (value: string) => ({ value, from: 'a.test.ts' });

describe('looking for secrets in logs', () => {
  const log = 'one line\n{"msg":"asked","cookie":"s=0123456789abcdef"}\nanother\n';

  it('finds one, says where, and does not say it', () => {
    expect(findLeaks([secret('0123456789abcdef')], [{ place: 'serve', text: log }])).toEqual([
      { from: 'a.test.ts', place: 'serve', line: '{"msg":"asked","cookie":"s=(SECRET)"}' },
    ]);
  });

  it('finds none where none is, not even one that begins alike', () => {
    expect(findLeaks([secret('0123456789abcdeX'), secret('0123456789abcdef0')], [{ place: 'serve', text: log }])).toEqual([]);
  });

  it.each([
    ['in a URL', 'a/b+c d=e&f', '?token=a%2Fb%2Bc%20d%3De%26f'],
    ['in JSON', 'quoted"secret', '{"token":"quoted\\"secret"}'],
    ['at the very end', 'the-last-word', 'it ends with the-last-word'],
    ['at the very beginning', 'first-word', 'first-word and more'],
  ])('finds one %s', (_, value, text) => {
    expect(findLeaks([secret(value)], [{ place: 'x', text }])).toHaveLength(1);
  });

  it('tells each secret once a log, and every log that has it', () => {
    const text = 'one-secret one-secret two-secret';
    const logs = ['a', 'b'].map((place) => ({ place, text }));
    expect(findLeaks([secret('one-secret'), secret('two-secret')], logs).map(({ place }) => place)).toEqual(['a', 'a', 'b', 'b']);
  });
});

/** The reporter as jest drives it, over a run that left this behind. */
describe('a run', () => {
  let folder: string;
  const before = process.env.LEAK_WATCH;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-leaks-'));
    process.env.LEAK_WATCH = folder;
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.LEAK_WATCH;
    else process.env.LEAK_WATCH = before;
    jest.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  async function run(logged: string) {
    await writeFile(join(folder, 'secrets-1'), `${JSON.stringify(secret('planted-secret'))}\n`);
    await writeFile(join(folder, 'log-1'), `{"place":"the front, b.test.ts"}\n${logged}\n`);
    const { default: Leaks } = (await import('../scripts/jest-leaks.mjs')) as { default: new () => Reporter };
    const reporter = new Leaks();
    const results = { numRuntimeErrorTestSuites: 0 };
    reporter.onRunComplete(undefined, results);
    return { failures: results.numRuntimeErrorTestSuites, error: reporter.getLastError() };
  }
  interface Reporter {
    onRunComplete(contexts: unknown, results: { numRuntimeErrorTestSuites: number }): void;
    getLastError(): Error | undefined;
  }

  it('fails where a secret was planted in a log', async () => {
    const { failures, error } = await run('{"token":"planted-secret"}');
    expect([failures, error?.message]).toEqual([1, '1 secret(s) in the logs']);
  });

  it('passes where it was not', async () => {
    expect(await run('{"token":"(hidden)"}')).toEqual({ failures: 0, error: undefined });
  });

  it('is told by the watch what is secret and what was logged', async () => {
    jest.resetModules();
    const { noteLog, noteSecret } = await import('./watch.js');
    for (const value of ['long-enough', 'long-enough', 'short', undefined]) noteSecret(value);
    noteLog('first\n', 'serve');
    noteLog('second\n', 'serve');
    expect(readWatch(folder)).toEqual({
      secrets: [{ value: 'long-enough', from: 'leaks.test.ts' }],
      logs: [{ place: 'serve, leaks.test.ts', text: 'first\nsecond\n' }],
    });
  });
});
