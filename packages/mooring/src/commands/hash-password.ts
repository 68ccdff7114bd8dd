import { hashPassword } from '@mooring/http-front';
import type { Terminal } from '../terminal.js';

const MOST_BYTES = 1024;

async function firstLine(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += chunk;
    if (text.includes('\n') || text.length > MOST_BYTES) break;
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}

/**
 * Prints the hash of the password that stdin's first line holds, as a users file has it: arguments can be seen by everybody on the machine.
 *
 * @throws Error where there is no password
 */
export async function printHash({ out, err }: Terminal, input: NodeJS.ReadStream = process.stdin): Promise<void> {
  if (input.isTTY) err('The password, and Enter (it is shown as you type): ');
  const password = await firstLine(input);
  input.pause();
  if (password === '' || password.length > MOST_BYTES)
    throw new Error(`The password must have 1 to ${MOST_BYTES} characters, on one line of stdin.`);
  out(`${await hashPassword(password)}\n`);
}
