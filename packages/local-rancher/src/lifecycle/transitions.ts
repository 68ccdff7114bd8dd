import { randomUUID } from 'node:crypto';
import type { LaunchConfig, SecondaryLaunchConfig } from '../model/launch-config.js';
import type { AnyRecord, ContainerRecord, HostRecord, ServiceRecord, StackRecord, Upgrade } from '../model/records.js';
import type { Survivors } from '../runtime/runtime.js';

/** What an action on an object changes at once. The lifecycles do the rest. */

const wanting = (containers: readonly ContainerRecord[], wanted: ContainerRecord['wanted']): ContainerRecord[] =>
  containers.filter((container) => container.wanted !== 'removed').map((container) => ({ ...container, wanted }));

/** The same containers run again (recording 04-04). */
export const activateService = (service: ServiceRecord, containers: readonly ContainerRecord[]): AnyRecord[] => [
  { ...service, state: 'activating', failure: null },
  ...wanting(containers, 'running'),
];

export const deactivateService = (service: ServiceRecord, containers: readonly ContainerRecord[]): AnyRecord[] => [
  { ...service, state: 'deactivating', failure: null },
  ...wanting(containers, 'stopped'),
];

const restarting = (container: ContainerRecord): ContainerRecord => ({
  ...container,
  wanted: 'running',
  state: container.state === 'running' ? 'restarting' : container.state,
});

export const restartService = (service: ServiceRecord, containers: readonly ContainerRecord[]): AnyRecord[] => [
  { ...service, state: 'restarting', failure: null },
  ...containers.filter((container) => container.wanted !== 'removed').map(restarting),
];

export const removeService = (service: ServiceRecord, containers: readonly ContainerRecord[], isLost = false): AnyRecord[] => [
  { ...service, state: 'removing', failure: null, isRemovalLost: isLost },
  ...wanting(containers, 'removed'),
];

type Strategy = Pick<Upgrade, 'batchSize' | 'intervalMillis' | 'startFirst' | 'launchConfig' | 'secondaryLaunchConfigs'>;

/** The launchConfig is replaced as a whole and gets a new version (recordings 04-07, 04-10). */
export const upgradeService = (service: ServiceRecord, strategy: Strategy): AnyRecord[] => {
  const launchConfig: LaunchConfig = { ...strategy.launchConfig, version: randomUUID() };
  const secondaryLaunchConfigs = upgradedSecondaries(service.secondaryLaunchConfigs, strategy.secondaryLaunchConfigs);
  const previous = { previousLaunchConfig: service.launchConfig ?? {}, previousSecondaryLaunchConfigs: service.secondaryLaunchConfigs };
  const upgrade = { ...strategy, launchConfig, secondaryLaunchConfigs, ...previous };
  return [{ ...service, state: 'upgrading', failure: null, launchConfig, secondaryLaunchConfigs, upgrade }];
};

/** A sidekick that is sent takes the place of the one of its name, as a whole; one that isn't stays as it is. */
const upgradedSecondaries = (had: readonly SecondaryLaunchConfig[], sent: readonly SecondaryLaunchConfig[]): SecondaryLaunchConfig[] => {
  const versioned = sent.map((config) => ({ ...config, version: randomUUID() }));
  const named = (name: string) => versioned.find((config) => config.name === name);
  return [...had.map((config) => named(config.name) ?? config), ...versioned.filter(({ name }) => !had.some((old) => old.name === name))];
};

/** From an upgrade to its end or back; a rollback takes the former launchConfig again (recording 04-11c). */
export const moveUpgrade = (
  service: ServiceRecord,
  state: 'finishing-upgrade' | 'rolling-back' | 'canceling-upgrade' | 'upgrading',
): AnyRecord[] => {
  const { upgrade } = service;
  if (state !== 'rolling-back' || !upgrade) return [{ ...service, state, failure: null }];
  const { previousLaunchConfig: launchConfig, previousSecondaryLaunchConfigs: secondaryLaunchConfigs } = upgrade;
  return [{ ...service, state, failure: null, launchConfig, secondaryLaunchConfigs }];
};

/** Where an update leads from each state; other states keep theirs. */
export const stateAfterUpdate = (state: ServiceRecord['state']): ServiceRecord['state'] => {
  if (state === 'active' || state === 'activating') return 'updating-active';
  return state === 'inactive' ? 'updating-inactive' : state;
};

export const removeStack = (stack: StackRecord): StackRecord => ({ ...stack, state: 'removing' });

/** Its containers go with it: services make new ones elsewhere. */
export const removeHost = (host: HostRecord, containers: readonly ContainerRecord[]): AnyRecord[] => [
  { ...host, state: 'removing' },
  ...wanting(containers, 'removed'),
];

export const startContainer = (container: ContainerRecord): ContainerRecord => ({ ...container, wanted: 'running', state: 'starting' });

export const stopContainer = (container: ContainerRecord): ContainerRecord => ({ ...container, wanted: 'stopped', state: 'stopping' });

export const restartContainer = (container: ContainerRecord): ContainerRecord => ({ ...container, wanted: 'running', state: 'restarting' });

/** A running container is stopped first (recording 05-13). */
export const removeContainer = (container: ContainerRecord): ContainerRecord => {
  if (container.state === 'running') return { ...container, wanted: 'removed', state: 'stopping' };
  const canGo = container.state === 'stopped' || container.state === 'error';
  return { ...container, wanted: 'removed', state: canGo ? 'removing' : container.state };
};

const ranBefore: ReadonlySet<ContainerRecord['state']> = new Set(['running', 'restarting', 'stopping']);

const found = (container: ContainerRecord, startsOnce: (container: ContainerRecord) => boolean): ContainerRecord => {
  const staysDown = container.state === 'running' && container.wanted === 'running' && startsOnce(container);
  return { ...container, state: 'stopped', wanted: staysDown ? 'stopped' : container.wanted, progress: null, health: null };
};

/** What runs on is at its address; what should not run any more is stopped. */
const runsOn = (container: ContainerRecord, address: string | null): ContainerRecord => {
  if (ranBefore.has(container.state)) return { ...container, address };
  return container.wanted === 'running' ? container : { ...container, address, state: 'stopping' };
};

/**
 * The containers after a reboot of the host: what ran is stopped, but for the survivors, and what is to be started once stays so.
 * What was being started was never seen running: it is taken up again.
 */
export const afterReboot = (
  containers: readonly ContainerRecord[],
  startsOnce: (container: ContainerRecord) => boolean,
  survivors: Survivors,
): ContainerRecord[] =>
  containers.flatMap((container) => {
    const survivor = container.state === 'removed' ? undefined : survivors.get(container.uuid);
    if (survivor) return [runsOn(container, survivor.address)];
    return ranBefore.has(container.state) ? [found(container, startsOnce)] : [];
  });
