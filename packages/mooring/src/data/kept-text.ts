import { readFile } from 'node:fs/promises';
import { writeDurably } from './write-durably.js';

/** A text that is replaced now and then. The caller must have the folder to itself. */
export interface KeptText {
  /** undefined where there is none yet. */
  load(): Promise<string | undefined>;
  save(text: string): Promise<void>;
}

export function keptText(path: string): KeptText {
  return {
    load: async () =>
      readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    save: (text) => writeDurably(path, text),
  };
}
