import { RancherError, RancherUnreachableError } from '@mooring/rancher-client';
import type { RolloutService, RolloutSpec } from '@mooring/resources';
import { isUpgradable } from './advance.js';
import type { Environments } from './environments.js';
import type { Act } from './plan.js';
import { judgeTarget } from './select.js';
import { upgradeBody } from './upgrade-body.js';

/** How an act went: `refused`, with a sentence, where Rancher will never do it; `again` where it is to be tried once more. */
export type Outcome = { is: 'done' } | { is: 'refused'; why: string } | { is: 'again'; error: unknown };

const DONE: Outcome = { is: 'done' };

/**
 * Does one act of a plan. Each may be done twice, after a crash or a lost answer: Rancher refuses what no longer fits the state, and then the
 * service is read again and planned afresh.
 */
export async function perform({ do: name, service }: Act, spec: RolloutSpec, environments: Environments): Promise<Outcome> {
  const { environment, id } = service;
  try {
    if (name === 'upgrade') await upgrade(service, spec, environments);
    else await environments.act(environment.id, id, { action: name });
    return DONE;
  } catch (error) {
    return outcomeOf(error, name, () => environments.read(environment.id, id));
  }
}

/** By the service as Rancher has it now: what was changed since it was seen goes along, and is not lost by the upgrade. */
async function upgrade({ environment, id, revision }: RolloutService, spec: RolloutSpec, environments: Environments): Promise<void> {
  const service = await environments.read(environment.id, id);
  if (!service) return;
  const target = environments.see(environment.id, service);
  const judged = judgeTarget(spec.image, target);
  const stillFits = target.revision === revision && isUpgradable(target) && judged !== undefined && judged.unchanged === undefined;
  if (!stillFits) return;
  await environments.act(environment.id, id, { action: 'upgrade', body: upgradeBody(service, spec.image, spec.startFirst) });
}

/** Its state has moved on, or moves. */
const isElsewhere = ({ status, code }: RancherError): boolean => code === 'ActionNotAvailable' || status === 409 || status === 404;

async function outcomeOf(error: unknown, name: Act['do'], readAgain: () => Promise<unknown>): Promise<Outcome> {
  if (error instanceof RancherError && isElsewhere(error)) return reading(readAgain);
  if (name === 'upgrade' && error instanceof RancherError && error.status === 422)
    return {
      is: 'refused',
      why: `Rancher refuses its upgrade: ${error.code}${error.fieldName ? ` for ${error.fieldName}` : ''}.`.slice(0, 500),
    };
  // It may have been done all the same.
  if (error instanceof RancherUnreachableError && error.outcome === 'unknown') await reading(readAgain);
  return { is: 'again', error };
}

async function reading(readAgain: () => Promise<unknown>): Promise<Outcome> {
  try {
    await readAgain();
    return DONE;
  } catch (error) {
    return { is: 'again', error };
  }
}
