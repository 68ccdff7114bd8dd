import { getCondition, type Session, signedInstance } from '@mooring/resources';
import { isReady } from '../sessions/status.js';

/** Docker's words for how a container is. */
export function statusOf(session: Session): string {
  const { metadata, spec, status } = session;
  if (metadata.deletionTimestamp !== undefined) return 'removing';
  if (!spec.running) return status.phase === 'Stopped' ? 'exited' : 'running';
  if (status.phase === 'Failed') return 'dead';
  return getCondition(status.conditions, 'ContainerRunning')?.status === 'True' ? 'running' : 'created';
}

/** A deployment as ContainerDirectRouting tells it, in its odd mixture of cases, and what there is to say besides. */
export function instanceOf(session: Session): Record<string, unknown> {
  const { metadata, spec, status } = session;
  const ready = getCondition(status.conditions, 'Ready');
  return {
    ContainerID: metadata.uid,
    ContainerName: metadata.name,
    ContainerLabels: spec.launch.labels,
    ContainerImage: spec.launch.image,
    status: statusOf(session),
    ready: isReady(session),
    ...(!isReady(session) && ready && { reason: ready.message }),
  };
}

/** How people get there. The cookie's value is a secret of who deployed it, to be given to whom they let in. */
export function wayTo({ metadata, spec: { route } }: Session, secret: string | undefined): Record<string, unknown> {
  if (route.type === 'path') return { path: `${route.path}/` };
  if (route.type !== 'instance' || secret === undefined) return {};
  return {
    cookie: { name: route.cookieName, value: signedInstance(route.name, secret), ...(route.allowPlainCookie && { plain: metadata.name }) },
  };
}
