import { isDeepStrictEqual } from 'node:util';
import { type Session, updated } from '@mooring/resources';
import type { Hands } from './hands.js';
import { launchHash } from './launch-hash.js';
import type { ObservedService } from './observed.js';
import { serviceBody, serviceIdentity } from './service-body.js';
import { markOf, serviceMarkSchema } from './service-mark.js';
import type { Step } from './step.js';

/** The steps that have Rancher replace what a service runs, and what follows on that. */
export type UpgradeStep = Extract<Step, { type: 'upgrade' | 'finishUpgrade' | 'continueUpgrade' | 'cancelUpgrade' | 'rollback' }>;

const ACTIONS = {
  finishUpgrade: 'finishupgrade',
  continueUpgrade: 'continueupgrade',
  cancelUpgrade: 'cancelupgrade',
  rollback: 'rollback',
} as const;

/** Does one of them by the service as Rancher itself has it now: by a stale view it may be somewhere else. */
export async function applyUpgrade(step: UpgradeStep, session: Session, hands: Hands): Promise<void> {
  const { gateway, view } = hands;
  const { id, state } = step.service;
  await view.readBack(session);
  const [now] = view.services(session);
  if (now?.id !== id || now.state !== state) return;
  if (step.type === 'upgrade') return upgrade(now, session, hands);
  if (step.type === 'finishUpgrade') await keepMark(now, session, hands);
  view.saw(await gateway.upgradeAction(id, ACTIONS[step.type]));
}

/**
 * Cookie, environment and volumes are in the launch configuration, all of which Rancher replaces by what is sent (recording 04-10). The old
 * container is stopped first: two must not write into one volume.
 */
async function upgrade({ id, launch }: ObservedService, session: Session, { gateway, view, store, place }: Hands): Promise<void> {
  const next = updated(session);
  if (launch === launchHash(next.spec.launch)) return;
  const secret = session.spec.route.type === 'none' ? undefined : await store.secret(session.metadata.uid);
  const { launchConfig, secondaryLaunchConfigs } = serviceBody(next, secret, place);
  const inServiceStrategy = { type: 'inServiceUpgradeStrategy', startFirst: false, launchConfig, secondaryLaunchConfigs };
  view.saw(await gateway.upgradeAction(id, 'upgrade', { inServiceStrategy }));
}

/** What the service says of its Session, should the record be lost, has to be what the Session is by now. */
async function keepMark({ id }: ObservedService, session: Session, { gateway, view }: Hands): Promise<void> {
  const said = serviceMarkSchema.safeParse((await gateway.readWhole(id))?.metadata.mooring).data;
  const { probe, launchLabels } = markOf(session);
  if (said && isDeepStrictEqual([said.probe, said.launchLabels], [probe, launchLabels])) return;
  view.saw(await gateway.update(id, serviceIdentity(session)));
}
