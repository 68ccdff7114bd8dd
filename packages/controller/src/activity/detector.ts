import type { ActivitySourceName, IdlePolicy } from '@mooring/resources';
import { type ActivityMemory, quietMs, type Word } from './memory.js';
import type { Reading } from './reading.js';

/** What those who were asked said at one moment. Who isn't in it was not asked. */
export interface Look {
  /** When the asking began, in ms since the epoch. */
  at: number;
  run: string;
  readings: Partial<Record<ActivitySourceName, Reading>>;
  /** Looks that are further apart, in ms, don't follow each other. */
  maxGapMs: number;
  /** Who could tell of another session of the same template: they are missed here, too, where they never told. */
  expected?: ReadonlySet<ActivitySourceName> | undefined;
  /** When a person last came for it, or nobody could use it before: what lies before is nobody's idleness. */
  wantedAt?: number | undefined;
}

export type Verdict =
  | { type: 'active'; at: number; source: ActivitySourceName }
  /** For so many ms nobody was seen, though somebody would have been. */
  | { type: 'quiet'; forMs: number }
  /** For so many ms nobody could tell. CannotBeJudged: none of those who could ever did. */
  | { type: 'unknown'; forMs: number; reason: 'NoSourceAnswers' | 'CannotBeJudged'; why: string };

/** They see requests, so they prove that somebody is there, and never that nobody is. */
const WITNESSES: ReadonlySet<ActivitySourceName> = new Set(['front', 'traefik-requests']);

/**
 * Who sees all that a source sees, so that its silence doesn't matter while they say quiet. Traefik's gauge stays unknown after a restart of
 * Traefik's until somebody comes; a busy kernel is seen by Jupyter alone.
 */
const STAND_INS: Partial<Record<ActivitySourceName, readonly ActivitySourceName[]>> = {
  'traefik-connections': ['connections', 'jupyter'],
  connections: ['traefik-connections'],
  network: ['connections', 'traefik-connections', 'jupyter'],
};

/**
 * Takes in one look. Time counts as quiet only between two looks that both could tell, follow each other, and saw nobody; what isn't
 * observed counts as nothing, and any activity begins it anew. Pure.
 */
export function observe(before: ActivityMemory | undefined, look: Look, policy: IdlePolicy): { memory: ActivityMemory; verdict: Verdict } {
  const base = before?.run === look.run ? before : undefined;
  const words = wordsAfter(before, look, policy);
  const active = activeIn(base, look, policy);
  if (active) {
    const memory = remember(look, { state: 'active', from: look.at, heldMs: 0, words, lastActive: active });
    return { memory, verdict: { type: 'active', at: active.at, source: active.source } };
  }
  const last = base?.lastActive && { lastActive: base.lastActive };
  const why = blindness(words, look, policy);
  if (why !== undefined) {
    const from = sinceWanted(unknownStart(base, look), look);
    const heldMs = look.at - sinceWanted(look.at - (base ? quietMs(base) : 0), look);
    const verdict = unknownVerdict(words, look, { forMs: look.at - from, why });
    return { memory: remember(look, { state: 'unknown', from, heldMs, words, ...last }), verdict };
  }
  const from = sinceWanted(quietStart(base, look, policy), look);
  const memory = remember(look, { state: 'quiet', from, heldMs: 0, words, ...last });
  return { memory, verdict: { type: 'quiet', forMs: look.at - from } };
}

const remember = ({ run, at }: Look, rest: Omit<ActivityMemory, 'run' | 'at' | 'interrupted'>): ActivityMemory => ({
  run,
  at,
  interrupted: false,
  ...rest,
});

/** What lies before somebody came counts no more. */
const sinceWanted = (from: number, { at, wantedAt = 0 }: Look): number => Math.min(at, Math.max(from, wantedAt));

/** Of an earlier run of the container only counts who could tell at all: they are missed in this one, too. */
function wordsAfter(before: ActivityMemory | undefined, look: Look, policy: IdlePolicy): ActivityMemory['words'] {
  const words: ActivityMemory['words'] = {};
  for (const name of policy.sources) {
    const reading = look.readings[name];
    const word = before?.words[name];
    const isOld = before?.run !== look.run;
    if (reading) words[name] = wordOf(reading, look.at, isOld && word ? { told: word.told } : word);
    else if (word && !isOld) words[name] = word;
  }
  return words;
}

function wordOf(reading: Reading, askedAt: number, before: Pick<Word, 'told' | 'since'> | undefined): Word {
  const told = reading.type === 'unknown' ? before?.told : reading.type;
  const since = (reading.type === 'quiet' ? reading.since : noneSince(reading)) ?? before?.since;
  return { reading, askedAt, ...(told && { told }), ...(since !== undefined && { since }) };
}

/** The latest use that is news: one that was told before, as the front does as long as it remembers it, is over. */
function activeIn(base: ActivityMemory | undefined, { readings, at }: Look, policy: IdlePolicy): ActivityMemory['lastActive'] {
  let found: ActivityMemory['lastActive'];
  for (const source of policy.sources) {
    const reading = readings[source];
    if (reading?.type !== 'active' || wasTold(base?.words[source], reading.at)) continue;
    const seen = Math.min(at, reading.at);
    if (!found || seen > found.at) found = { at: seen, source, detail: reading.detail };
  }
  return found;
}

const wasTold = (before: Word | undefined, at: number): boolean => before?.reading.type === 'active' && before.reading.at === at;

const isJudge = (name: ActivitySourceName): boolean => !WITNESSES.has(name);

const noneSince = (reading: Reading | undefined): number | undefined => (reading?.type === 'unknown' ? reading.noneSince : undefined);

/** Where open connections are ignored, who only reads a page is seen by nobody but who counts requests: what they miss is not observed. */
const witnessOf = (policy: IdlePolicy): 'traefik-requests' | undefined =>
  policy.openConnections === 'ignore' && policy.sources.includes('traefik-requests') ? 'traefik-requests' : undefined;

function isWitnessMissed(words: ActivityMemory['words'], { readings, expected }: Look, policy: IdlePolicy): boolean {
  const name = witnessOf(policy);
  const reading = name && readings[name];
  if (reading?.type !== 'unknown' || reading.noneSince !== undefined) return false;
  const hasCounted = words[name as ActivitySourceName]?.since !== undefined || expected?.has(name as ActivitySourceName);
  return reading.outage === true || hasCounted === true;
}

/** Why nobody can tell; undefined where somebody says that nobody is there, and nobody is missed who would see more. */
function blindness(words: ActivityMemory['words'], look: Look, policy: IdlePolicy): string | undefined {
  const { readings, expected } = look;
  const judges = policy.sources.filter((name) => isJudge(name) && readings[name]);
  const isQuiet = (name: ActivitySourceName): boolean => readings[name]?.type === 'quiet' && policy.sources.includes(name);
  const isMissed = (name: ActivitySourceName): boolean => {
    const reading = readings[name];
    if (reading?.type !== 'unknown') return false;
    return reading.seen === true || reading.outage === true || words[name]?.told !== undefined || expected?.has(name) === true;
  };
  const missed = judges.find((name) => isMissed(name) && !STAND_INS[name]?.some(isQuiet));
  if (missed) return `${missed}: ${whyOf(readings[missed])}`;
  if (isWitnessMissed(words, look, policy)) return `traefik-requests: ${whyOf(readings['traefik-requests'])}`;
  if (judges.some(isQuiet)) return undefined;
  return judges.map((name) => `${name}: ${whyOf(readings[name])}`).join('; ') || 'no source was asked that could tell';
}

const whyOf = (reading: Reading | undefined): string => (reading?.type === 'unknown' ? reading.why : '');

function unknownVerdict(
  words: ActivityMemory['words'],
  { maxGapMs, expected }: Look,
  { forMs, why }: { forMs: number; why: string },
): Verdict {
  const names = Object.keys(words) as ActivitySourceName[];
  const couldTell = names.some((name) => isJudge(name) && (words[name]?.told !== undefined || expected?.has(name)));
  // At first some have to look twice.
  const reason = couldTell || forMs <= maxGapMs ? 'NoSourceAnswers' : 'CannotBeJudged';
  return { type: 'unknown', forMs, reason, why };
}

/** Neither a restart nor an outage of ours, nor a clock that was set, lies between the two looks. */
const follows = (base: ActivityMemory, { at, maxGapMs }: Look): boolean => !base.interrupted && at >= base.at && at - base.at <= maxGapMs;

/** A gap is no time in which nobody could tell, either. */
function unknownStart(base: ActivityMemory | undefined, look: Look): number {
  if (base?.state !== 'unknown') return look.at;
  return follows(base, look) ? base.from : look.at - (base.at - base.from);
}

/** Since when who counts requests has counted again, where that was not without a break since the last look. */
function witnessedFrom(base: ActivityMemory, { at, readings }: Look, policy: IdlePolicy): number | undefined {
  const witness = witnessOf(policy);
  const none = witness && noneSince(readings[witness]);
  return none !== undefined && none > base.at ? Math.min(at, none) : undefined;
}

function quietStart(base: ActivityMemory | undefined, look: Look, policy: IdlePolicy): number {
  if (!base) return look.at;
  const isWhole = follows(base, look) && base.state !== 'unknown';
  let vouchedFrom = isWhole ? base.at : look.at;
  let wasUsed = false;
  for (const name of policy.sources) {
    const reading = look.readings[name];
    if (!isJudge(name) || reading?.type !== 'quiet') continue;
    vouchedFrom = Math.max(vouchedFrom, Math.min(look.at, reading.since));
    wasUsed ||= namesLaterTime(base, name, reading.since);
  }
  const witnessed = witnessedFrom(base, look, policy);
  if (witnessed !== undefined) return Math.max(vouchedFrom, witnessed);
  return wasUsed ? vouchedFrom : vouchedFrom - quietMs(base);
}

/** Later than at the last look, or before it could not tell for a while: somebody was there in between, or may have been. */
function namesLaterTime({ words, at }: ActivityMemory, name: ActivitySourceName, since: number): boolean {
  const before = words[name];
  return before?.askedAt === at && before.reading.type !== 'active' && before.since !== undefined && since > before.since;
}
