import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { lookAtEach } from '../src/engine/look-at-each.js';

const paths = Array.from({ length: 50 }, (_, at) => `/${at}`);

it('many paths are looked at some at a time, and each is told', async () => {
  let now = 0;
  let most = 0;
  const look = async (path: string): Promise<string> => {
    now += 1;
    most = Math.max(most, now);
    await turn();
    now -= 1;
    return `at ${path}`;
  };
  const told = await lookAtEach(paths, look, new AbortController().signal);
  expect([...told].sort()).toEqual(paths.map((path) => [path, `at ${path}`]).sort());
  expect(most).toBe(8);
});

it.each(['a look that fails', 'the signal'])('%s ends it', async (what) => {
  const ending = new AbortController();
  let looks = 0;
  const look = async (): Promise<void> => {
    looks += 1;
    await turn();
    if (looks < 20) return;
    if (what === 'the signal') ending.abort(new Error('over'));
    else throw new Error('over');
  };
  await expect(lookAtEach(paths, look, ending.signal)).rejects.toThrow('over');
  for (let turns = 0; turns < 50; turns += 1) await turn();
  expect(looks).toBeLessThan(40);
});
