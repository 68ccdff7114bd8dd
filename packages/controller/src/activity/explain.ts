import { type Event, getCondition, type IdlePolicy, POOL_LABEL, type Session, UP_TO_DATE } from '@mooring/resources';
import type { Verdict } from './detector.js';
import { fateOf, isWatched, markedAt } from './idleness.js';
import { type ActivityMemory, quietMs } from './memory.js';
import { inWords } from './words.js';

/** Why a session is in the state that it is in. Times are RFC 3339. */
export interface Explanation {
  session: string;
  uid: string;
  owner: string;
  phase: Session['status']['phase'];
  /** A sentence for people. */
  why: string;
  conditions: { type: string; status: string; reason: string; message: string; since: string }[];
  /** Missing where nobody watches whether it is used. */
  idle?: {
    policy: IdlePolicy;
    /** As of the last look; missing before the first in this run of its container. */
    verdict?: 'active' | 'quiet' | 'unknown';
    lookedAt?: string;
    /** For how many seconds nobody was seen; only time that was observed counts. */
    quietSeconds?: number;
    lastActive?: { at: string; source: string; detail: string };
    /** What each source last said, and when. */
    sources: { source: string; said: string; askedAt: string }[];
    markedAt?: string;
    /** If nobody comes, and everybody can tell, from now on. */
    wouldBeMarkedAt?: string;
    wouldEndAt?: string;
    action: IdlePolicy['action'];
  };
  /** What happened to it, the newest first. */
  events: { at: string; reason: string; note: string; readings: Record<string, string> }[];
}

/** Everything that an explanation follows from; `verdict` is missing where only the store is read, and nobody looks. */
export interface Known {
  session: Session;
  memory?: ActivityMemory | undefined;
  verdict?: Verdict | undefined;
  events: readonly Event[];
  /** In ms since the epoch. */
  now: number;
}

/** Tells why a session is in the state that it is in, and what comes next if nobody comes. Pure. */
export function explainSession(known: Known): Explanation {
  const { session, events } = known;
  const { metadata, spec, status } = session;
  return {
    session: metadata.name,
    uid: metadata.uid,
    owner: spec.owner.name,
    phase: metadata.deletionTimestamp === undefined ? status.phase : 'Terminating',
    why: why(known),
    conditions: status.conditions.map(({ type, status: value, reason, message, lastTransitionTime }) => ({
      type,
      status: value,
      reason,
      message,
      since: lastTransitionTime,
    })),
    ...(spec.idlePolicy && metadata.labels[POOL_LABEL] === undefined && { idle: explainIdle(known, spec.idlePolicy) }),
    events: events
      .filter(({ spec: { regarding } }) => regarding.uid === metadata.uid)
      .sort((a, b) => Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion))
      .map(({ metadata: { creationTimestamp: at }, spec: { reason, note, readings } }) => ({ at, reason, note, readings })),
  };
}

function explainIdle({ session, memory, now }: Known, policy: IdlePolicy): NonNullable<Explanation['idle']> {
  const marked = markedAt(session);
  return {
    policy,
    action: policy.action,
    sources: Object.entries(memory?.words ?? {}).map(([source, { reading, askedAt }]) => ({
      source,
      said: inWords(reading),
      askedAt: timeOf(askedAt),
    })),
    ...(memory && { verdict: memory.state, lookedAt: timeOf(memory.at), quietSeconds: Math.round(quietMs(memory) / 1000) }),
    ...(memory?.lastActive && { lastActive: { ...memory.lastActive, at: timeOf(memory.lastActive.at) } }),
    ...(marked !== undefined && { markedAt: timeOf(marked) }),
    ...(isWatched(session) && memory && whatComes(memory, policy, { marked, now })),
  };
}

function whatComes(memory: ActivityMemory, policy: IdlePolicy, { marked, now }: { marked: number | undefined; now: number }) {
  const graceMs = policy.graceSeconds * 1000;
  if (marked !== undefined) return { wouldEndAt: timeOf(marked + graceMs) };
  if (memory.state === 'active') return { wouldBeMarkedAt: timeOf(now + policy.afterSeconds * 1000) };
  const leftMs =
    memory.state === 'quiet'
      ? policy.afterSeconds * 1000 - quietMs(memory)
      : (policy.maxUnknownSeconds ?? Number.POSITIVE_INFINITY) * 1000 - (memory.at - memory.from);
  if (leftMs === Number.POSITIVE_INFINITY) return {};
  const markAt = Math.max(now, memory.at + leftMs);
  return { wouldBeMarkedAt: timeOf(markAt), wouldEndAt: timeOf(markAt + graceMs) };
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** How it stands, and what its template has that it doesn't. */
function why(known: Known): string {
  const version = getCondition(known.session.status.conditions, UP_TO_DATE);
  return version?.status === 'False' ? `${whyAlone(known)} ${version.message}` : whyAlone(known);
}

function whyAlone({ session, verdict, memory, now }: Known): string {
  const { metadata, spec, status } = session;
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const state = ready?.message ?? 'Nobody has looked at it yet.';
  if (metadata.labels[POOL_LABEL] !== undefined)
    return `${state} It waits in the pool ${metadata.labels[POOL_LABEL]} for somebody to claim it.`;
  if (!spec.idlePolicy) return `${state} It has no idle policy, so it stays whether or not somebody uses it.`;
  if (!isWatched(session)) return state;
  return `${state} ${WORDS[fateOf(session, verdict ?? verdictOf(memory), now).type]}`;
}

/** What the memory says, for who has no verdict. */
function verdictOf(memory: ActivityMemory | undefined): Verdict | undefined {
  if (memory?.state !== 'quiet') return undefined;
  return { type: 'quiet', forMs: quietMs(memory) };
}

const WORDS = {
  stays: 'It stays.',
  mark: 'Nobody has used it for as long as its policy allows: it is about to be marked.',
  marked: 'It is marked, since nobody uses it, and ends when its grace is over, unless somebody comes.',
  due: 'Nobody uses it and its grace is over: it is being ended, unless a source still knows of somebody.',
};
