import { oneLine, section } from '../table.js';
import type { Answer, Explanation } from './explanation.js';

const UNITS = [
  ['d', 86_400, 2 * 86_400],
  ['h', 3_600, 2 * 3_600],
  ['min', 60, 120],
] as const;

function span(seconds: number): string {
  const [unit, length] = UNITS.find(([, , from]) => seconds >= from) ?? ['s', 1];
  return `${Math.floor(seconds / length)} ${unit}`;
}

/** A time with how far it is from `now`, both RFC 3339. */
function when(time: string, now: string): string {
  const seconds = Math.round((Date.parse(time) - Date.parse(now)) / 1000);
  return `${time} (${seconds > 0 ? `in ${span(seconds)}` : `${span(-seconds)} ago`})`;
}

/** The answer as text for people; what there is none of has no table. */
export function formatAnswer({ at, from, explanation }: Answer): string {
  const lines = [
    ...summary(explanation),
    ...use(explanation, at),
    origin(from),
    ...sources(explanation, at),
    ...conditions(explanation, at),
  ];
  return `${[...lines, ...events(explanation, at)].join('\n')}\n`;
}

function summary({ session, owner, phase, why }: Explanation): string[] {
  return [`${session}${owner === undefined ? '' : ` of ${owner}`}: ${phase}`, why].map(oneLine);
}

const VERDICTS = {
  active: 'Somebody uses it.',
  quiet: 'Nobody uses it.',
  unknown: 'Nobody can tell whether it is used.',
} as const;
const ENDS = { Delete: 'is deleted', Stop: 'is stopped' } as const;

/** Whether it is used, and what comes if nobody does. */
function use({ idle }: Explanation, now: string): string[] {
  if (idle === undefined) return [];
  const { verdict, lookedAt, quietSeconds, lastActive, markedAt, wouldBeMarkedAt, wouldEndAt, action } = idle;
  const lines = [
    verdict && `${VERDICTS[verdict]}${lookedAt === undefined ? '' : ` Last look: ${when(lookedAt, now)}.`}`,
    lastActive && `Somebody was last seen at ${when(lastActive.at, now)}: ${lastActive.source}, ${lastActive.detail}.`,
    verdict !== 'active' &&
      quietSeconds !== undefined &&
      `For ${span(quietSeconds)} nobody was seen, of ${span(idle.policy.afterSeconds)}.`,
    markedAt && `It was marked as idle at ${when(markedAt, now)}.`,
    wouldBeMarkedAt && `If nobody comes it is marked as idle at ${when(wouldBeMarkedAt, now)}.`,
    wouldEndAt && `If nobody comes it ${ENDS[action]} at ${when(wouldEndAt, now)} or a little later.`,
  ];
  return lines.filter((line) => typeof line === 'string' && line !== '').map((line) => oneLine(String(line)));
}

const origin = (from: Answer['from']): string =>
  from.kind === 'running'
    ? 'As the running Mooring says.'
    : `As recorded in ${from.path}; what the sources say now, nobody can tell: ${from.why}.`;

const sources = ({ idle }: Explanation, now: string): string[] =>
  section(
    'What each source said last',
    ['SOURCE', 'ASKED', 'SAID'],
    (idle?.sources ?? []).map(({ source, askedAt, said }) => [source, when(askedAt, now), said]),
  );

const conditions = (explanation: Explanation, now: string): string[] =>
  section(
    'Conditions',
    ['CONDITION', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'],
    explanation.conditions.map(({ type, status, since, reason, message }) => [type, status, when(since, now), reason, message]),
  );

const events = (explanation: Explanation, now: string): string[] =>
  section(
    'What happened, the newest first',
    ['WHEN', 'REASON', 'WHAT', 'READINGS'],
    explanation.events.map(({ at, reason, note, readings }) => [when(at, now), reason, note, said(readings)]),
  );

const said = (readings: Record<string, string>): string =>
  Object.entries(readings)
    .map(([source, words]) => `${source}: ${words}`)
    .join('; ') || '-';

/** The answer for programs; docs/idle.md tells its fields. */
export const jsonOf = ({ at, from, explanation }: Answer): string => `${JSON.stringify({ at, from, ...explanation }, null, 2)}\n`;
