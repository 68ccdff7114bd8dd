import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a secret may look in a log: as it is, in a URL, in JSON. */
const forms = (value) => [...new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])];

const PREFIX = 8;

/** The forms of all secrets by how they begin, so that a log is read once for all of them. */
function byBeginning(secrets) {
  const found = new Map();
  for (const secret of secrets) {
    for (const form of forms(secret.value)) {
      const beginning = form.slice(0, PREFIX);
      found.set(beginning, [...(found.get(beginning) ?? []), { form, secret }]);
    }
  }
  return found;
}

/** The line around a place in a text, fit to be shown. */
function lineAt(text, at, form) {
  const start = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  const line = text.slice(start, end < 0 ? undefined : end);
  return line.replaceAll(form, '(SECRET)').slice(0, 500);
}

/** Every secret that begins at this place of a text. */
const secretsAt = (text, at, beginnings) =>
  (beginnings.get(text.slice(at, at + PREFIX)) ?? []).filter(({ form }) => text.startsWith(form, at));

/** Each secret once that is in a log. */
function leaksIn({ place, text }, beginnings) {
  const leaks = new Map();
  for (let at = 0; at + PREFIX <= text.length; at += 1) {
    for (const { form, secret } of secretsAt(text, at, beginnings))
      if (!leaks.has(secret)) leaks.set(secret, { from: secret.from, place, line: lineAt(text, at, form) });
  }
  return [...leaks.values()];
}

/**
 * Looks for secrets in logs.
 *
 * @param {{ value: string, from: string }[]} secrets each at least 8 characters long
 * @param {Iterable<{ place: string, text: string }>} logs
 * @returns {{ from: string, place: string, line: string }[]} where each was found, the secret itself cut out
 */
export function findLeaks(secrets, logs) {
  const beginnings = byBeginning(secrets);
  return [...logs].flatMap((log) => leaksIn(log, beginnings));
}

const parse = (line) => JSON.parse(line);

function readLog(path) {
  const text = readFileSync(path, 'utf8');
  const end = text.indexOf('\n');
  return { place: parse(text.slice(0, end)).place, text: text.slice(end + 1) };
}

/** What a run left in its folder (leaks/watch.ts): `secrets` and `logs` for `findLeaks`. */
export function readWatch(folder) {
  const names = readdirSync(folder);
  const of = (kind) => names.filter((name) => name.startsWith(`${kind}-`)).map((name) => join(folder, name));
  const secrets = of('secrets').flatMap((path) => readFileSync(path, 'utf8').trim().split('\n').map(parse));
  return { secrets, logs: of('log').map(readLog) };
}
