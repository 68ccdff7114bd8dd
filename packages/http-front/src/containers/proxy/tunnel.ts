import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const line = ([name, value]: [string, string | string[]]): string =>
  [value]
    .flat()
    .map((each) => `${name}: ${each}\r\n`)
    .join('');

/** The beginning of the answer to who is given the connection. */
export const switching = (headers: IncomingHttpHeaders | Record<string, string | string[]>): string =>
  `HTTP/1.1 101 ${STATUS_CODES[101]}\r\n${Object.entries(headers as Record<string, string | string[]>)
    .map(line)
    .join('')}\r\n`;

/** Joins two connections until either ends, or the signal is aborted. */
export function join(a: Duplex, b: Duplex, signal: AbortSignal): void {
  const end = (): void => {
    a.destroy();
    b.destroy();
  };
  for (const side of [a, b]) side.once('close', end).once('error', end);
  signal.addEventListener('abort', end, { once: true });
  a.once('close', () => signal.removeEventListener('abort', end));
  a.pipe(b);
  b.pipe(a);
}
