import type { IncomingMessage } from 'node:http';

export interface DrainLimits {
  /** Bytes that are read and dropped at most. */
  maxBytes: number;
  /** Milliseconds that the sender has. */
  deadlineMs: number;
}

const LIMITS: DrainLimits = { maxBytes: 64 * 1024 * 1024, deadlineMs: 20_000 };

/**
 * Reads a body to its end and drops it, so that a proxy which is still sending gets to see our answer rather than a reset connection.
 * Answers whether the end was reached; where it wasn't, the connection must be closed after the answer.
 */
export function drain(request: IncomingMessage, limits: DrainLimits = LIMITS): Promise<boolean> {
  if (request.readableEnded) return Promise.resolve(true);
  return new Promise((resolve) => {
    let bytes = 0;
    const finish = (whole: boolean) => {
      clearTimeout(timer);
      request.off('data', count).off('end', ended).off('close', broken).off('error', broken);
      if (!whole) request.pause();
      resolve(whole);
    };
    const ended = () => finish(true);
    const broken = () => finish(false);
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limits.maxBytes) finish(false);
    };
    const timer = setTimeout(broken, limits.deadlineMs);
    request.on('end', ended).on('close', broken).on('error', broken).on('data', count);
  });
}
