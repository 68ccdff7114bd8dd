import { RancherError, RancherUnreachableError, UnstableListError } from '@mooring/rancher-client';
import { ConflictError, SERVICE_FINALIZER, type Session } from '@mooring/resources';
import { applyUpgrade, type UpgradeStep } from './apply-upgrade.js';
import type { Hands } from './hands.js';
import { cannotStart, isLeaving, type Trouble } from './observed.js';
import { quote } from './quote.js';
import type { SeenService } from './seen.js';
import { serviceBody, serviceIdentity } from './service-body.js';
import type { Step } from './step.js';

/** The steps that change something at Rancher or in the record. */
export type Act =
  | UpgradeStep
  | Extract<Step, { type: 'create' | 'activate' | 'deactivate' | 'remove' | 'rename' | 'startContainer' | 'finalize' }>;

/** Something else holds the name that the service must have. */
class NameTakenError extends Error {
  override readonly name = 'NameTakenError';
  readonly code = 'NameTaken';
}

/** Does one step. What Rancher answers goes into the view; how it ends is seen by looking again. */
export async function apply(step: Act, session: Session, hands: Hands): Promise<void> {
  const { gateway, view } = hands;
  switch (step.type) {
    case 'create':
      return create(session, hands);
    case 'activate':
      return view.saw(await gateway.activate(step.service.id));
    case 'deactivate':
      return deactivate(step.service, session, hands);
    case 'remove':
      return remove(step.service, session, hands);
    case 'rename':
      return view.saw(await gateway.update(step.service.id, serviceIdentity(session)));
    case 'startContainer':
      return startContainer(step.container, session, hands);
    case 'finalize':
      return finalize(session, hands);
    default:
      return applyUpgrade(step, session, hands);
  }
}

/**
 * Creation isn't idempotent at Rancher, and an earlier one may have succeeded without our hearing of it (a timeout, a crash): so
 * the name is looked up first, each time.
 */
async function create(session: Session, { gateway, view, store, place }: Hands): Promise<void> {
  const { ours, others } = await view.lookUp(session);
  if (ours.length > 0) return;
  const [other] = others;
  if (other) throw new NameTakenError(taken(session, other));
  const secret = session.spec.route.type === 'none' ? undefined : await store.secret(session.metadata.uid);
  view.saw(await gateway.create(serviceBody(session, secret, place)));
}

/**
 * Of a session that goes on, only what Rancher itself has just said to be superfluous is removed: a double beside the one that stays, or what
 * was stopped and is to be made anew. By a stale list the one that stays may be gone, or the stopped one may run.
 */
async function remove({ id }: { id: string }, session: Session, { gateway, view, sessions }: Hands): Promise<void> {
  if (session.metadata.deletionTimestamp === undefined) {
    await view.readBack(session);
    const [first, ...doubles] = view.services(session);
    const isStopped = first?.id === id && first.state === 'inactive';
    if (!isStopped && !doubles.some((double) => double.id === id && !isLeaving(double))) return;
  }
  view.sawGoing(await gateway.remove(id, stillMeant(session, sessions)));
}

/** Of a session that is to run, only what Rancher itself has just said not to be able to start: by a stale view it may run by now. */
async function deactivate({ id }: { id: string }, session: Session, { gateway, view, sessions }: Hands): Promise<void> {
  if (session.spec.running && session.metadata.deletionTimestamp === undefined) {
    await view.readBack(session);
    const [first] = view.services(session);
    if (first?.id !== id || !cannotStart(first) || first.containers.some(({ state }) => state === 'running')) return;
  }
  view.saw(await gateway.deactivate(id, stillMeant(session, sessions)));
}

/** Whoever came back while the call waited for its turn keeps what they came for. */
const stillMeant =
  ({ metadata: { uid, name }, spec }: Session, sessions: Hands['sessions']) =>
  (): void => {
    if (!spec.running && sessions.byUid(uid)?.spec.running) throw new ConflictError(`${name} is wanted again`);
  };

/** That a service is active again is told before that its container runs again: Rancher is asked whether it still doesn't. */
async function startContainer({ id }: { id: string }, session: Session, { gateway, view }: Hands): Promise<void> {
  await view.readBack(session);
  const stopped = view.services(session).some(({ containers }) => containers.some((other) => other.id === id && other.state === 'stopped'));
  if (stopped) view.saw(await gateway.startContainer(id));
}

const taken = (session: Session, { id, state }: SeenService): string =>
  `The stack already has a service named ${session.metadata.name} (${id}, ${state}) that does not belong to this session; rename or remove it.`;

/** Lets the record go, once Rancher itself says that nothing is left: what the cache doesn't have may only be new. */
async function finalize(session: Session, { view, store }: Hands): Promise<void> {
  const { ours } = await view.lookUp(session);
  if (ours.length > 0) return;
  const finalizers = session.metadata.finalizers.filter((name) => name !== SERVICE_FINALIZER);
  await store.update('Session', { ...session, metadata: { ...session.metadata, finalizers } });
}

/** What a failed act means for the Session's status. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof NameTakenError) return { reason: error.code, message: error.message, refused: true };
  if (error instanceof RancherError) {
    const said = [error.rancherMessage ?? error.code, error.fieldName && `field ${error.fieldName}`, error.detail]
      .flatMap((part) => (part ? quote(part) : []))
      .join(', ');
    return { reason: reasonWord(error.code), message: `Rancher refuses it (${error.status}): ${said}.`, refused: error.status < 500 };
  }
  if (error instanceof RancherUnreachableError || error instanceof UnstableListError) {
    const message = `Rancher can't be asked now, this goes on when it can: ${error.message}`;
    return { reason: 'RancherUnavailable', message, refused: false };
  }
  // The record was changed meanwhile, or something is wrong with us: the log says what, and it is nobody else's business.
  return { reason: 'TriedAgain', message: 'This did not work out and is tried again.', refused: false };
}

/** Rancher's codes have blanks in them at times ("Not Found"); a condition's reason is one word. */
const reasonWord = (code: string): string => code.replace(/[^A-Za-z0-9]/g, '') || 'RancherError';
