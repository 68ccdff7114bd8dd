import { appendFile, open, stat } from 'node:fs/promises';

/** Bytes that a log may reach; the newest half of them is kept. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** Says something about the container in its own log. */
export async function noteInLog(path: string, text: string): Promise<void> {
  await appendFile(path, `[mooring] ${text}\n`, { mode: 0o600 });
}

/**
 * Cuts a log that has grown beyond `maxBytes` to its newest lines. The container writes on to the same file, opened for appending, so
 * what it writes in the moment between reading and cutting is lost.
 */
export async function trimLog(path: string, maxBytes = MAX_LOG_BYTES): Promise<void> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size <= maxBytes) return;
  const file = await open(path, 'a+', 0o600);
  try {
    const kept = Buffer.alloc(Math.floor(maxBytes / 2));
    const { bytesRead } = await file.read(kept, 0, kept.length, size - kept.length);
    await file.truncate(0);
    await file.appendFile(fromFirstLine(kept.subarray(0, bytesRead)));
  } finally {
    await file.close();
  }
}

/** One endless line is kept as it is. */
function fromFirstLine(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf('\n') + 1);
}
