import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogOrder } from './runtime.js';

const LOOK_EVERY_MS = 200;
/** No more of a log than this is looked through for its last lines. */
const TAIL_BYTES = 1024 * 1024;

const sizeOf = async (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

const read = async (path: string, begin: number, end: number): Promise<string> => {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - begin), 0, end - begin, begin);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
};

/** Where reading is, and what was read of a line that has no end yet. */
interface Position {
  at: number;
  rest: string;
}

/** What was written since, line by line. A log that was cut begins anew. */
const readOn = async (path: string, { at, rest }: Position, onLine: (line: string) => void): Promise<Position> => {
  const size = await sizeOf(path);
  const from = size < at ? 0 : at;
  const parts = `${size < at ? '' : rest}${size > from ? await read(path, from, size) : ''}`.split('\n');
  const next = parts.pop() ?? '';
  for (const line of parts) onLine(line);
  return { at: size, rest: next };
};

const readTail = async (path: string, lines: number, onLine: (line: string) => void): Promise<Position> => {
  const size = await sizeOf(path);
  const parts = (size === 0 ? '' : await read(path, Math.max(0, size - TAIL_BYTES), size)).split('\n');
  const rest = parts.pop() ?? '';
  for (const line of lines > 0 ? parts.slice(-lines) : []) onLine(line);
  return { at: size, rest };
};

/** Tells the last lines of a log file, then those that are written, until the signal is aborted. A log that isn't there yet is empty. */
export const streamLog = async (path: string, { lines, follow, signal, onLine }: LogOrder): Promise<void> => {
  let position = await readTail(path, lines, onLine);
  while (follow && !signal.aborted) {
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    position = await readOn(path, position, onLine);
  }
};
