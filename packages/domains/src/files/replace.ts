import { open, readFile, rename, rm } from 'node:fs/promises';

/** What a file holds; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** A text that waits beside its place until it is known to be good. */
export interface Draft {
  path: string;
  /** Puts it in its place, in one step: who reads the place sees the old text or the new one. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** Everybody may read the routes, nobody but the owner a key. */
export const MODES = { shared: 0o644, secret: 0o600 } as const;

export async function draft(path: string, text: string, mode: number): Promise<Draft> {
  const draftPath = `${path}.new`;
  // One that a crash left behind may be open to others.
  await rm(draftPath, { force: true });
  const file = await open(draftPath, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return { path: draftPath, commit: () => rename(draftPath, path), discard: () => rm(draftPath, { force: true }) };
}

/** Puts a text in its place where another one, or none, is there. Answers whether it did. */
export async function replace(path: string, text: string, mode: number): Promise<boolean> {
  if ((await readIfThere(path)) === text) return false;
  await (await draft(path, text, mode)).commit();
  return true;
}
