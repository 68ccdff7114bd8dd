import { request } from 'node:http';

/** Long enough for a crowd of a thousand on a machine that has other work too. */
const DEADLINE_MS = 60_000;

/** One request; redirects aren't followed. */
export function ask(origin, path, { method = 'GET', headers = {}, body } = {}) {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers, timeout: DEADLINE_MS }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.once('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      answer.once('error', reject);
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer from ${origin} within ${DEADLINE_MS / 1000} s`)));
    sent.once('error', reject);
    sent.end(body);
  });
}

/** `name=value` as the answer sets it. */
export function cookieOf(answer, name) {
  const line = [answer.headers['set-cookie'] ?? []].flat().find((text) => text.startsWith(`${name}=`) && !text.startsWith(`${name}=;`));
  if (!line) throw new Error(`no cookie ${name} in an answer with status ${answer.status}`);
  return line.split(';')[0];
}
