import { quoted } from '../names.js';

const TIME = /^\d{1,6}(us|ms|s|m|h)?$/;

const wholeUpTo =
  (most: number) =>
  (text: string): boolean =>
    /^\d{1,7}$/.test(text) && Number(text) <= most;
const countUpTo =
  (most: number) =>
  (text: string): boolean =>
    wholeUpTo(most)(text) && Number(text) >= 1;
const time = (text: string): boolean => TIME.test(text) && Number.parseInt(text, 10) > 0;

/** HAProxy's keywords of a server that a label may say: none reads a file, opens another address, or changes what HAProxy itself does. */
const ALLOWED: ReadonlyMap<string, ((value: string) => boolean) | undefined> = new Map([
  ['backup', undefined],
  ['check', undefined],
  ['check-send-proxy', undefined],
  ['send-proxy', undefined],
  ['send-proxy-v2', undefined],
  ['send-proxy-v2-ssl', undefined],
  ['send-proxy-v2-ssl-cn', undefined],
  ['ssl', undefined],
  ['verify', (value: string) => value === 'none'],
  ['weight', wholeUpTo(256)],
  ['maxconn', wholeUpTo(1_000_000)],
  ['maxqueue', wholeUpTo(1_000_000)],
  ['rise', countUpTo(1000)],
  ['fall', countUpTo(1000)],
  ['inter', time],
  ['fastinter', time],
  ['downinter', time],
  ['slowstart', time],
]);

/** Of these a server can have one. */
const PROXY_PROTOCOL = /^send-proxy/;

export type ReadOptions = { options: string } | { problem: string };

const refuse = (problem: string): ReadOptions => ({ problem });

/** The keyword at the front of the words, with its value; or why it can't stand there. */
function readKeyword([keyword = '', value = '']: readonly string[]): { keyword: string; words: string[] } | { problem: string } {
  if (!ALLOWED.has(keyword))
    return { problem: `${quoted(keyword)} is no option that a label may set: use ${[...ALLOWED.keys()].join(', ')}` };
  const isValue = ALLOWED.get(keyword);
  if (!isValue) return { keyword, words: [keyword] };
  if (isValue(value)) return { keyword, words: [keyword, value] };
  return { problem: `${quoted(value)} is no value of ${keyword}: set one that HAProxy's manual names` };
}

/**
 * A server's options as a label says them, in one form; or why that can't be. HAProxy's own checks aren't relied on: a keyword that it
 * takes may still do what no label should.
 */
export function readServerOptions(text: string): ReadOptions {
  if (text.length > 200 || /[^\x20-\x7e]/.test(text))
    return refuse(`${quoted(text)} is no list of options: use at most 200 plain characters`);
  let words = text.split(' ').filter((word) => word !== '');
  const seen = new Map<string, string>();
  while (words.length > 0) {
    const read = readKeyword(words);
    if ('problem' in read) return refuse(read.problem);
    if (seen.has(read.keyword)) return refuse(`${read.keyword} stands there twice: take one away`);
    seen.set(read.keyword, read.words.join(' '));
    words = words.slice(read.words.length);
  }
  return together(seen);
}

function together(seen: ReadonlyMap<string, string>): ReadOptions {
  if ([...seen.keys()].filter((keyword) => PROXY_PROTOCOL.test(keyword)).length > 1)
    return refuse('more than one send-proxy stands there: keep one');
  if (seen.has('ssl') !== seen.has('verify')) return refuse('ssl and verify none go together: set both or neither');
  return { options: [...seen.values()].join(' ') };
}
