import { rename, stat } from 'node:fs/promises';

const LIMIT_BYTES = 10 * 1024 * 1024;

/** Puts a log that has grown large aside as `<file>.1`, in the place of an older one. Called when nobody has it open. */
export async function rotateLog(file: string, limitBytes = LIMIT_BYTES): Promise<void> {
  const size = await stat(file).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size > limitBytes) await rename(file, `${file}.1`);
}
