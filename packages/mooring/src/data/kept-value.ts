import { readFile } from 'node:fs/promises';
import { writeDurably } from './write-durably.js';

/**
 * A value that is made once and kept in a file that only its owner can read. The caller must have the folder to itself.
 *
 * @throws Error if the file holds something else; a value that others rely on isn't replaced in silence.
 */
export async function keptValue(path: string, form: RegExp, make: () => string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) {
    if (form.test(text.trim())) return text.trim();
    throw new Error(
      `${path} doesn't hold what it should. Put it back from a copy, or delete it: what relies on it (sign-ins, cookies) is then void.`,
    );
  }
  const value = make();
  await writeDurably(path, value);
  return value;
}
