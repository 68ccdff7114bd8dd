import { mkdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { scratch, script } from './scratch.js';

/** An environment whose python3 is a few shell lines, and what it was called with, a call an item. */
export async function fakePython(body: string): Promise<{ environment: { PATH: string }; calls: () => Promise<string[]> }> {
  const folder = await scratch();
  const bin = join(folder, 'bin');
  const log = join(folder, 'calls');
  await mkdir(bin);
  await script(bin, 'python3', `echo "$*" >> ${log}\n${body}`);
  return {
    environment: { PATH: [bin, '/usr/bin', '/bin'].join(delimiter) },
    calls: async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').slice(0, -1),
  };
}
