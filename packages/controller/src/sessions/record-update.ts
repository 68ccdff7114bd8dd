import { type Happening, recordEvent, type Session, UPDATE_FAILED_ANNOTATION, updated, withoutUpdate } from '@mooring/resources';
import type { Logger } from 'pino';
import type { ActivityMemory } from '../activity/memory.js';
import { saidBy } from '../activity/words.js';
import { explain } from './explain.js';
import type { Hands } from './hands.js';
import { launchHash } from './launch-hash.js';
import type { Step } from './step.js';

/** The steps that change what a Session is to be updated to. */
export type UpdateStep = Extract<Step, { type: 'beginUpdate' | 'takeUpdate' | 'dropUpdate' | 'giveUpUpdate' }>;

const CONTROLLER = 'updates';

/** What a step makes of the Session. Pure. */
function withStep(step: UpdateStep, session: Session): Session {
  switch (step.type) {
    case 'beginUpdate': {
      const { templateRef, launch, probe } = step.version;
      return { ...session, spec: { ...session.spec, update: { by: 'Idle', templateRef, launch, probe } } };
    }
    case 'takeUpdate':
      return updated(session);
    case 'dropUpdate':
      return withoutUpdate(session);
    case 'giveUpUpdate': {
      const failed = { [UPDATE_FAILED_ANNOTATION]: launchHash(session.spec.update?.launch ?? session.spec.launch) };
      return withoutUpdate({ ...session, metadata: { ...session.metadata, annotations: { ...session.metadata.annotations, ...failed } } });
    }
  }
}

/**
 * Writes the step down by one compare-and-swap on the version that it was decided on, and an Event that says why; answers the Session as it
 * is then. An update is begun only while Rancher can be asked: nobody is led away from what runs for nothing.
 *
 * @throws ConflictError or NotFoundError where somebody wrote first
 */
export async function recordUpdate(
  step: UpdateStep,
  session: Session,
  { view, store }: Pick<Hands, 'view' | 'store'>,
  { memory, log }: { memory: ActivityMemory | undefined; log: Logger },
): Promise<Session> {
  if (step.type === 'beginUpdate') await view.readBack(session);
  const written = await store.update('Session', withStep(step, session));
  log.info({ step: step.type, image: written.spec.launch.image }, 'the update of a session went on');
  await recordEvent(store, written, happening(step, session, memory)).catch((err: unknown) =>
    log.warn({ err, step: step.type }, 'an Event could not be written'),
  );
  return written;
}

function happening(step: UpdateStep, { spec }: Session, memory: ActivityMemory | undefined): Happening {
  const readings = saidBy(memory);
  const to = spec.update?.launch.image;
  switch (step.type) {
    case 'beginUpdate':
      return { reason: 'UpdateBegun', note: explain(step), readings, reportingController: CONTROLLER };
    case 'takeUpdate':
      return { reason: 'Updated', note: `It was updated from ${spec.launch.image} to ${to}.`, reportingController: CONTROLLER };
    case 'dropUpdate':
      return { reason: 'UpdatePutOff', note: explain(step), readings, reportingController: CONTROLLER };
    case 'giveUpUpdate': {
      const note = `It was not updated to ${to} and runs ${spec.launch.image} as before. ${step.why}`;
      return { type: 'Warning', reason: 'UpdateFailed', note, reportingController: CONTROLLER };
    }
  }
}
