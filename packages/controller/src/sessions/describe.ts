import {
  type Condition,
  QUEUED,
  type Session,
  type SessionConditionType,
  type SessionPhase,
  type SessionStatus,
  STOPPED_BECAUSE_ANNOTATION,
  setCondition,
} from '@mooring/resources';
import { withActivity } from '../activity/conditions.js';
import { ENDED, endedContainer, finishedContainer } from './ended.js';
import { explain } from './explain.js';
import { type Observed, type ObservedContainer, type ObservedService, type ProbeResult, runningContainer } from './observed.js';
import { isDue, isLeft, plan, wasReachable } from './plan.js';
import { withUpToDate } from './up-to-date.js';
import { isBeingReplaced, isInUpgrade } from './update.js';

type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>;

const yes = (reason: string, message: string): Verdict => ({ status: 'True', reason, message });
const no = (reason: string, message: string): Verdict => ({ status: 'False', reason, message });
const unknown = (reason: string, message: string): Verdict => ({ status: 'Unknown', reason, message });

/** The status that says what was observed. Pure; an unchanged situation gives an equal status, so that nothing is written at rest. */
export function describe(session: Session, observed: Observed, now: Date): SessionStatus {
  const verdicts = judge(session, observed);
  let conditions: Condition[] = session.status.conditions;
  for (const [type, verdict] of Object.entries(verdicts)) {
    conditions = setCondition(conditions, { type, ...verdict, observedGeneration: session.metadata.generation }, now);
  }
  conditions = withActivity(conditions, session, { idle: observed.idle, now });
  conditions = withUpToDate(conditions, session, { newVersion: observed.newVersion, now });
  return {
    observedGeneration: session.metadata.generation,
    phase: phaseOf(session, observed, verdicts),
    conditions,
    ...serviceOf(session, observed),
    ...whereOf(session, observed),
  };
}

/** The service; one that isn't seen any more is kept where it has yet to be found by its id or its name. */
function serviceOf({ metadata, status }: Session, { services, inDoubt }: Observed): Pick<SessionStatus, 'service'> {
  const [service] = services;
  if (service) return { service: { id: service.id, name: service.name, state: service.state } };
  return (inDoubt || metadata.deletionTimestamp) && status.service ? { service: status.service } : {};
}

/** The container, and where it answers: of one in doubt, as it was known last. */
function whereOf({ spec, status }: Session, { services, inDoubt }: Observed): Pick<SessionStatus, 'container' | 'address'> {
  if (inDoubt) return { ...(status.container && { container: status.container }), ...(status.address && { address: status.address }) };
  const [service] = services;
  const container = runningContainer(service) ?? service?.containers[0];
  return {
    ...(container && { container: { id: container.id, name: container.name, state: container.state } }),
    ...(container?.ip !== undefined && { address: { ip: container.ip, port: spec.launch.port } }),
  };
}

function judge(session: Session, observed: Observed): Partial<Record<SessionConditionType, Verdict>> {
  const [service] = observed.services;
  const created = serviceCreated(service, observed);
  const running = observed.inDoubt ? inDoubt(observed) : containerRunning(session, service);
  if (session.spec.route.type === 'none') {
    return { ServiceCreated: created, ContainerRunning: running, Ready: isReady(session, observed, [created, running]) };
  }
  const reachable = isReachable(session, observed);
  const routed = isRouted(session, observed, reachable);
  const ready = isReady(session, observed, reachable.status === 'True' ? [reachable, routed] : [created, running, reachable, routed]);
  return { ServiceCreated: created, ContainerRunning: running, Reachable: reachable, Routed: routed, Ready: ready };
}

/** What isn't seen any more may well be there: nobody could be asked. */
const inDoubt = ({ trouble }: Observed): Verdict =>
  unknown(
    trouble?.reason ?? 'NotAsked',
    `Whether its container still runs is not known, so its route stays. ${trouble?.message ?? ''}`.trim(),
  );

function serviceCreated(service: ObservedService | undefined, { trouble }: Observed): Verdict {
  if (service) return yes('ServiceExists', `Rancher has the service ${service.name} (${service.id}).`);
  if (trouble?.refused) return no(trouble.reason, trouble.message);
  if (trouble) return unknown(trouble.reason, trouble.message);
  return no('NotCreated', 'Rancher has no service for this session yet.');
}

function containerRunning(session: Session, service: ObservedService | undefined): Verdict {
  const container = runningContainer(service);
  if (container?.lostHost) return unknown('HostLost', hostLost(container.lostHost));
  if (container) return yes('ContainerRunning', `The container ${container.name} runs.`);
  if (service?.transitioning === 'error') return no('RancherError', service.message ?? 'Rancher says "error" without a message.');
  const ended = session.spec.running && (finishedContainer(session, service) ?? endedContainer(session, service));
  if (ended) return no(ENDED, `The container ${ended.name} has ended by itself.`);
  return notRunningYet(service);
}

function notRunningYet(service: ObservedService | undefined): Verdict {
  const [container] = service?.containers ?? [];
  // Such as how far the pull of its image is: worth telling whoever waits.
  if (container?.message) return no('ContainerBeingSetUp', inWords(container));
  if (container) return no('ContainerNotRunning', inWords(container));
  return no('NoContainer', `There is no container yet${service ? `; Rancher says that the service is ${service.state}` : ''}.`);
}

const inWords = ({ name, state, message }: ObservedContainer): string =>
  `The container ${name} is ${state}${message ? `: ${message}` : ''}.`;

const hostLost = ({ name, state }: { name: string; state: string }): string =>
  `The container's host ${name} is ${state}: Rancher does not know whether the container still runs.`;

function isReachable(session: Session, observed: Observed): Verdict {
  if (observed.inDoubt) return inDoubt(observed);
  const container = runningContainer(observed.services[0]);
  if (!container) return no('NoContainer', 'No container runs that could answer.');
  const isOk = observed.reach?.ok ?? wasReachable(session, container);
  if (isOk) return yes('Answers', 'The container answers.');
  if (!observed.reach) return no('NotAskedYet', 'The container has not been asked yet.');
  const where = container.lostHost ? ` ${hostLost(container.lostHost)}` : '';
  return no('DoesNotAnswer', `The container does not answer yet: ${observed.reach.detail}.${where}`);
}

function isRouted(session: Session, observed: Observed, reachable: Verdict): Verdict {
  if (reachable.status !== 'True') return no('NotReachable', 'A route is laid as soon as the container answers.');
  const before = session.status.conditions.find(({ type }) => type === 'Routed');
  if (!observed.routed)
    return before?.status === 'True' ? yes(before.reason, before.message) : no('RouteNotSeen', 'The route is being laid.');
  return routeVerdict(observed.routed);
}

const routeVerdict = (routed: ProbeResult): Verdict =>
  routed.ok
    ? yes('RouteLive', 'A request through Traefik reached the container.')
    : no('RouteNotLive', `Traefik does not lead to the container yet: ${routed.detail}.`);

/** What is missing comes first; where a call to Rancher went wrong, that is why. */
function isReady(session: Session, observed: Observed, verdicts: Verdict[]): Verdict {
  if (session.metadata.deletionTimestamp) return no('Terminating', explain(plan(session, observed)));
  if (!session.spec.running) return stopped(session, observed);
  if (observed.late !== undefined) return no('NotReady', observed.late);
  if (isDue(observed)) return no('Idle', explain(plan(session, observed)));
  if (isBeingReplaced(session, observed)) return no('Updating', explain(plan(session, observed)));
  // What went wrong before goes first: a reason that changes with each try would be written, and heard of as news, each time.
  if (observed.queued && !observed.trouble)
    return no(QUEUED, 'It waits for its turn: as many sessions start at this moment as may at once.');
  const missing = verdicts.find(({ status }) => status !== 'True');
  if (!missing) return yes('Ready', 'The session is ready.');
  const { reason, message } = observed.trouble ?? missing;
  return no(reason, message);
}

function stopped(session: Session, observed: Observed): Verdict {
  const because = session.metadata.annotations[STOPPED_BECAUSE_ANNOTATION];
  return because === undefined ? no('Stopped', explain(plan(session, observed))) : no('NotReady', because);
}

function phaseOf(session: Session, observed: Observed, verdicts: Partial<Record<SessionConditionType, Verdict>>): SessionPhase {
  if (session.metadata.deletionTimestamp) return 'Terminating';
  const [service] = observed.services;
  if (!session.spec.running) return !service || service.state === 'inactive' ? 'Stopped' : 'Stopping';
  if (isLeft(observed)) return 'Stopping';
  if (verdicts.Ready?.status === 'True') return 'Ready';
  return finishedContainer(session, service) && !runningContainer(service) ? 'Stopped' : phaseOnTheWay(observed);
}

function phaseOnTheWay({ services: [service], trouble, queued }: Observed): SessionPhase {
  // What goes wrong with an update is put right by itself.
  if (service && isInUpgrade(service)) return 'Starting';
  if (trouble?.refused || service?.transitioning === 'error') return 'Failed';
  return service && !queued ? 'Starting' : 'Pending';
}
