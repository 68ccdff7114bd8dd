import { parseTag, type TagVersion } from './tag-version.js';

/** How the second of two tags lies to the first. */
export type Order = 'newer' | 'older' | 'same' | 'unordered';

const LATEST = /^latest(?:[-_.](.+))?$/i;

/** `latest`, of a variant (`latest-alpine`) or of none. */
const latestOf = (tag: string): string | undefined => {
  const found = LATEST.exec(tag);
  return found ? (found[1] ?? '').toLowerCase() : undefined;
};

/**
 * How `to` lies to `from`: a strict partial order over tags, in which `latest` is newer than every version of its variant. Tags of different habits
 * or variants have no order.
 */
export function orderOf(from: string, to: string): Order {
  const [fromLatest, toLatest] = [latestOf(from), latestOf(to)];
  if (from === to || (fromLatest !== undefined && fromLatest === toLatest)) return 'same';
  if (fromLatest === undefined && toLatest === undefined) return orderOfVersions(parseTag(from), parseTag(to));
  // One of them is `latest`: the other must be a version of that variant.
  const variant = fromLatest ?? toLatest;
  const version = parseTag(fromLatest === undefined ? from : to);
  if (version?.variant !== variant) return 'unordered';
  return fromLatest === undefined ? 'newer' : 'older';
}

function orderOfVersions(from: TagVersion | undefined, to: TagVersion | undefined): Order {
  if (!from || !to || from.family !== to.family) return 'unordered';
  return (['older', 'same', 'newer'] as const)[compare(to, from) + 1] ?? 'unordered';
}

/** Whether a service that runs one tag is to get the other, and if not, why not. A sentence for people. */
export type Verdict = { upgrade: true } | { upgrade: false; ordered: boolean; why: string };

/** `latest` that is pushed again counts as new; anything else must be a newer version, for nothing goes down, or aside, without being told. */
export function judgeTags(from: string, to: string): Verdict {
  const order = orderOf(from, to);
  if (order === 'newer' || (order === 'same' && latestOf(to) !== undefined)) return { upgrade: true };
  if (order === 'older') return { upgrade: false, ordered: true, why: `${to} is older than ${from}, which runs.` };
  if (order === 'same')
    return { upgrade: false, ordered: true, why: `${to} is the version that runs${from === to ? '' : ` (as ${from})`}.` };
  return {
    upgrade: false,
    ordered: false,
    why: `It can't be told whether ${to} is newer than ${from}, which runs: ${whyUnordered(from, to)}.`,
  };
}

function whyUnordered(from: string, to: string): string {
  const unread = [from, to].filter((tag) => latestOf(tag) === undefined && !parseTag(tag));
  if (unread.length > 0) return `${unread.join(' and ')} ${unread.length > 1 ? 'are no versions' : 'is no version'}`;
  return 'they differ in variant or in the way of counting';
}

function compare(a: TagVersion, b: TagVersion): -1 | 0 | 1 {
  return compareNumbers(a.numbers, b.numbers) || comparePre(a.pre, b.pre) || compareNumbers([a.revision], [b.revision]);
}

function comparePre(a: TagVersion['pre'], b: TagVersion['pre']): -1 | 0 | 1 {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  return compareNumbers([BigInt(a.rank), ...a.numbers], [BigInt(b.rank), ...b.numbers]);
}

/** What is missing is 0: 1.2 and 1.2.0 are one version. */
function compareNumbers(a: readonly bigint[], b: readonly bigint[]): -1 | 0 | 1 {
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const [left, right] = [a[place] ?? 0n, b[place] ?? 0n];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
