import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const CHUNK = 64 * 1024;
const LOOK_EVERY_MS = 50;

interface LogOptions {
  path: string;
  follow: boolean;
  /** Whether more may come. */
  isOpen: () => Promise<boolean>;
  signal?: AbortSignal | undefined;
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

async function* readFrom(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  const file = await open(path, 'r').catch(() => undefined);
  // It went with its container.
  if (file === undefined) return;
  try {
    for (let at = from; at < to; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(CHUNK, to - at)), 0, Math.min(CHUNK, to - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Waits a moment; false where nobody waits any more. */
async function waited(signal: AbortSignal | undefined): Promise<boolean> {
  await sleep(LOOK_EVERY_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
  return signal?.aborted !== true;
}

/** A container's output as it was written; with `follow` until it has ended. One that was cut meanwhile is told on from its new beginning. */
export async function* logBytes({ path, follow, isOpen, signal }: LogOptions): AsyncGenerator<Buffer> {
  let at = 0;
  for (;;) {
    const goesOn = follow && (await isOpen());
    const size = await sizeOf(path);
    if (size < at) at = 0;
    for await (const chunk of readFrom(path, at, size)) {
      at += chunk.length;
      yield chunk;
    }
    if (!goesOn || !(await waited(signal))) return;
  }
}
