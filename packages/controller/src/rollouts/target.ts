import type { LaunchConfig, Project, Service } from '@mooring/rancher-client';
import { SESSION_LABEL } from '../sessions/labels.js';
import { quote } from '../sessions/quote.js';

/** A service as far as a Rollout goes by it. */
export interface Target {
  /** Among all environments: an id is one environment's. */
  key: string;
  environment: { id: string; name: string };
  id: string;
  name: string;
  stackId: string | undefined;
  state: string;
  transitioning: string;
  message: string | undefined;
  health: string | undefined;
  gone: boolean;
  /** A session's: those are the session loop's. */
  isSession: boolean;
  /** Its labels, but for those that say `false`. */
  labels: ReadonlySet<string>;
  /** Its image and those of its sidekicks, without `docker:`. */
  images: readonly string[];
  /** Rancher's versions of its launch configurations: each upgrade makes others, and a rollback brings the former back (recordings 04-07c, 04-11c). */
  revision: string;
}

export const targetKey = (environment: { id: string }, id: string): string => `${environment.id}/${id}`;

/** Without Rancher's prefix. */
export const imageOf = ({ imageUuid }: Pick<LaunchConfig, 'imageUuid'>): string => (imageUuid ?? '').replace(/^docker:/, '');

const launchConfigsOf = (service: Pick<Service, 'launchConfig' | 'secondaryLaunchConfigs'>): LaunchConfig[] => [
  ...(service.launchConfig ? [service.launchConfig] : []),
  ...service.secondaryLaunchConfigs,
];

const GONE: ReadonlySet<string> = new Set(['removing', 'removed', 'purging', 'purged']);

const isSet = ([, value]: [string, string | null]): boolean => value?.trim().toLowerCase() !== 'false';

export function seeTarget({ id, name }: Pick<Project, 'id' | 'name'>, service: Service): Target {
  const configs = launchConfigsOf(service);
  const labels = Object.entries(service.launchConfig?.labels ?? {});
  return {
    key: targetKey({ id }, service.id),
    environment: { id, name },
    id: service.id,
    name: service.name,
    stackId: service.stackId ?? undefined,
    state: service.state,
    transitioning: service.transitioning ?? 'no',
    message: service.transitioningMessage ? quote(service.transitioningMessage) : undefined,
    health: service.healthState ?? undefined,
    gone: GONE.has(service.state) || service.removed !== null,
    isSession: labels.some(([label]) => label === SESSION_LABEL),
    labels: new Set(labels.filter(isSet).map(([label]) => label)),
    images: configs.map(imageOf),
    revision: configs.map(({ version }) => String(version ?? '')).join(','),
  };
}
