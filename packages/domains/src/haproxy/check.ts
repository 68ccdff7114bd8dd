import { spawn } from 'node:child_process';
import { CheckFailedError, HaproxyError } from './errors.js';

const DEADLINE_MS = 30_000;
const KEPT_LINES = 6;
const KEPT_CHARACTERS = 2_000;

/** HAProxy quotes the line that it doesn't take, which may hold the password of the statistics. */
const withoutSecrets = (line: string): string => line.replaceAll(/(stats auth|password|user) .*/gi, '$1 …');

/** @throws CheckFailedError with what HAProxy says, HaproxyError where it can't be run. */
export async function checkConfiguration(program: string, files: readonly string[]): Promise<void> {
  const child = spawn(program, ['-c', '-q', ...files.flatMap((file) => ['-f', file])], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < 50_000) said += text;
  });
  const outcome = await new Promise<string>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    child.once('close', (code, signal) => resolve(String(signal ?? code)));
  });
  if (outcome === '0') return;
  if (outcome === 'ENOENT')
    throw new HaproxyError(`${program} is not there: install HAProxy 2.6 or later (Debian: apt-get install haproxy), or set HAPROXY_BIN.`);
  const alerts = said.split('\n').filter((line) => line.includes('[ALERT]'));
  const shown = alerts.slice(0, KEPT_LINES).map(withoutSecrets).join('\n').slice(0, KEPT_CHARACTERS);
  throw new CheckFailedError(`HAProxy refuses the configuration (${outcome}), and what works stays in place:\n${shown}`);
}
