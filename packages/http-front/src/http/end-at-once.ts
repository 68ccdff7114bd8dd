import type { ServerResponse } from 'node:http';

export interface Body {
  text: string;
  /** What it is to be sent in: `latin1`, which is as quick again, where it is the same as UTF-8. */
  encoding: 'latin1' | 'utf8';
}

/**
 * Ends an answer, whose head says its length, by one write of one text. `end(text)` alone gives the socket two, of which the second is empty,
 * and what is gathered from several goes through memory that is made for it: a tenth of the CPU that a page from memory costs.
 */
export function endAtOnce(response: ServerResponse, { text, encoding }: Body): void {
  // Missing while the answer to an earlier request of the same connection is under way.
  const { socket } = response;
  // A socket that isn't corked `write` corks itself, until the next tick.
  socket?.cork();
  response.write(text, encoding);
  socket?.uncork();
  response.end();
}
