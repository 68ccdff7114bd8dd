import { open, rename } from 'node:fs/promises';

/** Puts a text where its owner alone can read it: after a crash the file is as before or as it should be, never in between. */
export async function writeDurably(path: string, value: string): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${value}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
