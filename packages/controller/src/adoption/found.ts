import type { Service } from '@mooring/rancher-client';
import type { Draft, Session } from '@mooring/resources';
import type { SessionRoute } from '../routes/document.js';
import { observeContainer, observeService, runningContainer } from '../sessions/observed.js';
import { seeContainer, seeService } from '../sessions/seen.js';
import { type Rebuilt, rebuildSession } from './rebuild.js';

type Status = NonNullable<Draft<'Session'>['status']>;
type Running = NonNullable<ReturnType<typeof runningContainer>>;

/** The container of a service that serves, as far as Rancher tells. */
export function servingContainer(service: Service): Running | undefined {
  const containers = (service.instances ?? []).map(seeContainer).filter(({ gone }) => !gone);
  return runningContainer(
    observeService(
      seeService(service),
      containers.map((container) => observeContainer(container, undefined)),
    ),
  );
}

/**
 * The status of a Session that was found at Rancher. A container that runs counts as reachable, as it was before: its route stays, and
 * the loop asks it next.
 */
function foundStatus({ id, name, state }: Service, container: Running | undefined, { port, now }: { port: number; now: Date }): Status {
  const service = { id, name, state };
  if (!container) return { service };
  const message = 'The container was found running at Rancher.';
  const lastTransitionTime = now.toISOString();
  return {
    service,
    container: { id: container.id, name: container.name, state: container.state },
    address: { ip: container.ip, port },
    conditions: [{ type: 'Reachable', status: 'True', reason: 'Found', message, lastTransitionTime }],
  };
}

/** The Session of a whole service (read with its instances), with the status that makes its route stay. Pure. */
export function findSession(service: Service, now: Date): Rebuilt {
  const rebuilt = rebuildSession(service);
  if ('problem' in rebuilt) return rebuilt;
  const { launch } = rebuilt.draft.spec;
  const status = foundStatus(service, servingContainer(service), { port: launch.port ?? 0, now });
  return { ...rebuilt, draft: { ...rebuilt.draft, status } };
}

/** The route that a found Session had. */
export function foundRoute({ metadata, spec, status }: Session, secret: string | undefined): SessionRoute | undefined {
  if (spec.route.type === 'none' || !spec.running || !status.address || secret === undefined) return undefined;
  return { uid: metadata.uid, route: spec.route, secret, address: status.address };
}
