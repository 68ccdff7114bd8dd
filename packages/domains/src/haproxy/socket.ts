import { connect } from 'node:net';
import { HaproxyError } from './errors.js';

const DEADLINE_MS = 5_000;
const MOST_CHARACTERS = 4_000_000;

/**
 * One command, or several with semicolons between them, to one of HAProxy's sockets. Answers what it says. Names in a command must have
 * been checked: a line's end, a semicolon or a blank would make another command of it.
 *
 * @throws HaproxyError where it isn't there or doesn't answer.
 */
export function ask(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(path);
    const fail = (why: string): void => {
      socket.destroy();
      reject(new HaproxyError(`HAProxy gives no answer on ${path}: ${why}.`));
    };
    socket.setTimeout(DEADLINE_MS, () => fail(`none came within ${DEADLINE_MS} ms`));
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.length > MOST_CHARACTERS) fail('it is too long');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.once('close', () => resolve(answer.trim()));
    socket.end(`${command}\n`);
  });
}
