/** What a tag says of its version. Tags of one `family` have an order; those of two have none. */
export interface TagVersion {
  /** What must agree: the habit (numbers or dates), the words in front and the variant behind, such as `alpine`. */
  family: string;
  /** The words behind the version; what `latest` of the same variant goes by. */
  variant: string;
  /** Most significant first. */
  numbers: readonly bigint[];
  /** Undefined for a release, which is newer than all its pre-releases. */
  pre: { rank: number; numbers: readonly bigint[] } | undefined;
  /** How often the same version was packed. */
  revision: bigint;
}

/** In the order in which they come before a release. */
const PRE_RELEASES: readonly (readonly string[])[] = [
  ['dev', 'snapshot'],
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
  ['pre', 'preview'],
  ['c', 'cr', 'rc'],
];
const WORDS = PRE_RELEASES.flat().sort((a, b) => b.length - a.length);
const PRE = new RegExp(`^(${WORDS.join('|')})[.-]?(\\d+(?:\\.\\d+)*)?(?=$|[-_])`, 'i');

/** Words in front of a number that is no version: the number of a pull request, a commit. */
const NOT_A_VERSION = /^(?:pr|mr|pull|merge|feature|feat|fix|bugfix|hotfix|branch|sha|git|commit|build-sha)$/i;
/** Seven hexadecimal digits and more with a letter among them: a commit. */
const COMMIT = /^(?=[0-9]*[a-f])[0-9a-f]{7,40}$/i;

const PREFIX = /^([A-Za-z]+(?:[._-][A-Za-z]+)*[._-]?)?(?=\d)/;
const DATE = /^((?:19|20)\d{2})-(\d{2})-(\d{2})(?:T(\d{2})-(\d{2})-(\d{2})Z)?(?=$|[-_])/;
const COMPACT_DATE = /^((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)(\d{6})?(?=$|[-_.T])/;
const NUMBERS = /^\d+(?:\.\d+)*/;

const toNumbers = (parts: readonly (string | undefined)[]): bigint[] => parts.map((part) => BigInt(part ?? 0));

/** Reads a tag as a version; undefined where it is none (`main`, a commit). */
export function parseTag(tag: string): TagVersion | undefined {
  if (COMMIT.test(tag)) return undefined;
  const prefix = PREFIX.exec(tag)?.[0];
  if (prefix === undefined) return undefined;
  const words = prefix.toLowerCase().replace(/[._-]$/, '');
  if (NOT_A_VERSION.test(words)) return undefined;
  const core = readCore(tag.slice(prefix.length));
  const suffix = core && readSuffix(core.rest);
  if (!suffix) return undefined;
  const { variant, pre, revision } = suffix;
  // `v1.2` and `1.2` are one habit.
  const front = words.replace(/(^|[._-])v$/, '');
  return { family: `${core.habit}|${front}|${variant}`, variant, numbers: core.numbers, pre, revision };
}

interface Core {
  habit: 'date' | 'number';
  numbers: bigint[];
  rest: string;
}

function readCore(text: string): Core | undefined {
  const date = DATE.exec(text) ?? COMPACT_DATE.exec(text);
  if (date) return { habit: 'date', numbers: toNumbers(date.slice(1)), rest: text.slice(date[0].length) };
  const numbers = NUMBERS.exec(text)?.[0];
  if (numbers === undefined) return undefined;
  return { habit: 'number', numbers: toNumbers(numbers.split('.')), rest: text.slice(numbers.length) };
}

interface Suffix {
  pre: TagVersion['pre'];
  variant: string;
  revision: bigint;
}

/** What follows the version: a pre-release, then a variant, then a revision (`-r25`, or a bare number where there is no variant). */
function readSuffix(rest: string): Suffix | undefined {
  const begun = rest.replace(/^[-_.]/, '');
  const pre = PRE.exec(begun);
  const behind = pre ? begun.slice(pre[0].length) : rest;
  // Only a pre-release may follow without a separator: `3.13.0rc1`, but not `7x`.
  if (behind !== '' && !/^[-_.]/.test(behind)) return undefined;
  return { pre: pre ? preRelease(pre) : undefined, ...variantOf(behind.slice(1).toLowerCase()) };
}

function preRelease([, word = '', numbers = '']: RegExpExecArray): TagVersion['pre'] {
  const rank = PRE_RELEASES.findIndex((words) => words.includes(word.toLowerCase()));
  return { rank, numbers: numbers === '' ? [] : toNumbers(numbers.split('.')) };
}

function variantOf(text: string): { variant: string; revision: bigint } {
  const found = /^(?:(.*)[-_.])?r(\d+)$/.exec(text) ?? /^()(\d+)$/.exec(text);
  if (found) return { variant: found[1] ?? '', revision: BigInt(found[2] ?? 0) };
  // linuxserver.io and others count builds behind a word that stays: `-ls42`, `-build7`.
  const counted = /^(?:(.*)[-_.])?(ls|build|p)\.?(\d+)$/.exec(text);
  if (!counted) return { variant: text, revision: 0n };
  return { variant: [counted[1], counted[2]].filter(Boolean).join('-'), revision: BigInt(counted[3] ?? 0) };
}
