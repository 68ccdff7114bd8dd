import { type Condition, getCondition, type OUTDATED_REASONS, type Session, setCondition, UP_TO_DATE } from '@mooring/resources';
import type { NewVersion } from './observed.js';

type Said = Pick<Condition, 'status' | 'reason' | 'message'>;
type OutdatedReason = (typeof OUTDATED_REASONS)[number];

const no = (reason: OutdatedReason, message: string): Said => ({ status: 'False', reason, message });

/** The condition UpToDate, put into the list where the Session ever launched something else than its template. Pure. */
export function withUpToDate(
  conditions: Condition[],
  session: Session,
  { newVersion, now }: { newVersion: NewVersion | undefined; now: Date },
): Condition[] {
  const said = saidOf(session, newVersion) ?? (getCondition(conditions, UP_TO_DATE) && upToDate(session));
  if (!said) return conditions;
  return setCondition(conditions, { type: UP_TO_DATE, ...said, observedGeneration: session.metadata.generation }, now);
}

const upToDate = ({ spec }: Session): Said => ({
  status: 'True',
  reason: 'Updated',
  message: `It runs ${spec.launch.image}, as its template has it.`,
});

function saidOf({ spec }: Session, newVersion: NewVersion | undefined): Said | undefined {
  const runs = spec.launch.image;
  if (spec.update) return no('Updating', `It is being updated from ${runs} to ${spec.update.launch.image}.`);
  if (!newVersion) return undefined;
  const { image } = newVersion.launch;
  const what = image === runs ? 'another environment or configuration' : image;
  if (newVersion.hasFailed)
    return no('UpdateFailed', `It did not come up with ${what}, and runs ${runs} as before until somebody asks for it again.`);
  return no('NewVersion', `Its template has ${what} by now, and it runs ${runs}. ${whenItComes(spec)}`);
}

function whenItComes({ running, idlePolicy }: Session['spec']): string {
  if (!running) return 'It is started with that the next time.';
  const after = idlePolicy?.updateAfterSeconds;
  return after === undefined
    ? 'It is updated when somebody asks for it.'
    : `It is updated when nobody was seen using it for ${after} s, or when somebody asks for it.`;
}
