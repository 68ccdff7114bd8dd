import type { ContainerRecord } from '../model/records.js';

/** What is to be done next for a service. */
export type ServiceStep =
  | { do: 'none' }
  | { do: 'register' }
  | { do: 'settle'; state: 'active' | 'inactive' | 'removed' | 'upgraded' | 'canceled-upgrade' }
  /** Active, but something is missing: say so first (recording 05-13b). */
  | { do: 'begin-update' }
  | { do: 'create'; positions: number[] }
  | { do: 'remove'; containers: ContainerRecord[] }
  | { do: 'start'; containers: ContainerRecord[] }
  | { do: 'stop'; containers: ContainerRecord[] }
  /** Containers that could not be started are replaced by new ones (recording 03-05e). */
  | { do: 'replace'; containers: ContainerRecord[] }
  /** `step`, but only `ms` milliseconds after the upgrade had `after` places done. */
  | { do: 'pause'; ms: number; after: number; step: ServiceStep };
