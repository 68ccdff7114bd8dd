import { type Condition, type Session, WANTED_ANNOTATION } from '@mooring/resources';

/** What can be done about a start that failed. */
export interface Failure {
  /** What helps, in a sentence. */
  advice: string;
  /** The same as it was told, for those who are asked for help. */
  detail: string;
  /** When somebody last asked to try again (RFC 3339); missing where nobody did. */
  triedAt?: string;
}

interface Words {
  /** What went wrong, in a sentence. */
  reason: string;
  advice: string;
}

const PASSES = 'It is tried again by itself; you can also try now.';
const TO_MEND = 'Trying again helps once somebody has put that right.';

/** What Rancher and Docker say, from the most telling to what is said of anything; the first that fits counts. */
const TOLD: readonly [RegExp, Words][] = [
  [
    /\b(no such image|manifest|pull access|repository .* not found|image .* (not found|does not exist)|imageUuid)/i,
    { reason: 'The program that your notebook runs could not be found.', advice: TO_MEND },
  ],
  [/\bnetwork/i, { reason: 'Your notebook got no network to run in.', advice: TO_MEND }],
  [
    /\b(allocation failed|no (healthy|active|eligible) hosts?|no space left|out of memory|cannot allocate memory)/i,
    { reason: 'There is no room for your notebook at the moment.', advice: PASSES },
  ],
];

/** Reasons that say it all by themselves. */
const BY_REASON: Readonly<Record<string, Words>> = {
  NameTaken: { reason: 'Something else has the name that your notebook needs.', advice: TO_MEND },
  Unauthorized: { reason: 'Mooring may not start notebooks at the moment.', advice: TO_MEND },
  Forbidden: { reason: 'Mooring may not start notebooks at the moment.', advice: TO_MEND },
};

const NOT_STARTED: Words = { reason: 'The container of your notebook could not be started.', advice: PASSES };
const REFUSED: Words = { reason: 'The data centre refused to set your notebook up.', advice: PASSES };

function wordsFor({ type, reason, message }: Condition): Words {
  const told = TOLD.find(([pattern]) => pattern.test(message))?.[1];
  return BY_REASON[reason] ?? told ?? (type === 'ServiceCreated' ? REFUSED : NOT_STARTED);
}

/** @param failed the condition at which the start came to its end; undefined where none tells */
export function failureOf(session: Session, failed: Condition | undefined): Failure & Words {
  const triedAt = session.metadata.annotations[WANTED_ANNOTATION];
  const words = failed === undefined ? NOT_STARTED : wordsFor(failed);
  return { ...words, detail: failed?.message ?? '', ...(triedAt !== undefined && { triedAt }) };
}
