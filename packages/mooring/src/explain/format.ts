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

const timeOf = (time: string | undefined, now: string): string => (time === undefined ? '-' : when(time, now));

/** The answer as text for people; what there is none of has no table. */
export function formatAnswer({ at, from, explanation }: Answer): string {
  const lines = [
    ...summary(explanation, at),
    origin(from),
    ...readings(explanation, at),
    ...conditions(explanation, at),
    ...events(explanation),
  ];
  return `${lines.join('\n')}\n`;
}

function summary({ session, owner, phase, verdict, since, why, markAt, reapAt }: Explanation, now: string): string[] {
  const whose = owner === undefined ? '' : ` of ${owner}`;
  const lines = [`${session}${whose}: ${phase}`];
  if (verdict !== undefined) lines.push(`${verdict}${since === undefined ? '' : ` since ${when(since, now)}`}`);
  if (why !== undefined && why !== '') lines.push(why);
  if (markAt !== undefined) lines.push(`If nobody comes it is marked as idle at ${when(markAt, now)}.`);
  if (reapAt !== undefined) lines.push(`If nobody comes it ends at ${when(reapAt, now)} or a little later.`);
  return lines.map(oneLine);
}

const origin = (from: Answer['from']): string =>
  from.kind === 'running'
    ? 'As the running Mooring says.'
    : `As recorded in ${from.path}; what the sources say now, nobody can tell: ${from.why}.`;

const readings = (explanation: Explanation, now: string): string[] =>
  section(
    'What each source said last',
    ['SOURCE', 'SAYS', 'SINCE', 'ASKED', 'WHY'],
    explanation.readings.map(({ source, type, at, askedAt, detail }) => [source, type, timeOf(at, now), timeOf(askedAt, now), detail]),
  );

const conditions = (explanation: Explanation, now: string): string[] =>
  section(
    'Conditions',
    ['CONDITION', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'],
    explanation.conditions.map(({ type, status, lastTransitionTime, reason, message }) => [
      type,
      status,
      when(lastTransitionTime, now),
      reason,
      message,
    ]),
  );

const events = (explanation: Explanation): string[] =>
  section(
    'What happened, the newest first',
    ['WHEN', 'TYPE', 'REASON', 'WHAT', 'READINGS'],
    explanation.events.map(({ at, type, reason, note, readings }) => [
      at,
      type,
      reason,
      note,
      Object.entries(readings)
        .map(([source, said]) => `${source}: ${said}`)
        .join('; ') || '-',
    ]),
  );

/** The answer for programs; docs/idle.md tells its fields. */
export const jsonOf = ({ at, from, explanation }: Answer): string => `${JSON.stringify({ at, from, ...explanation }, null, 2)}\n`;
