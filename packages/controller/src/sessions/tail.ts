import { type ProjectClient, RancherError, RancherUnreachableError } from '@mooring/rancher-client';
import type { Session } from '@mooring/resources';

/** The last lines that a session's container wrote, or why there are none. */
export type Tail =
  | { kind: 'lines'; lines: string[] }
  /** There is no container that could have written any. */
  | { kind: 'none' }
  /** They can't be had at this moment; `why` is a sentence. */
  | { kind: 'unavailable'; why: string };

type Containers = Pick<ProjectClient['containers'], 'logs'>;

/** Asks Rancher, within some seconds; never throws for what Rancher says. */
export async function tailOf({ status }: Session, lines: number, containers: Containers | undefined): Promise<Tail> {
  if (status.container === undefined) return { kind: 'none' };
  if (containers === undefined) return { kind: 'unavailable', why: 'The place for sessions has not been found at Rancher yet.' };
  try {
    return { kind: 'lines', lines: await containers.logs(status.container.id, { lines }) };
  } catch (error) {
    if (error instanceof RancherError && error.status === 404) return { kind: 'none' };
    if (error instanceof RancherError || error instanceof RancherUnreachableError) return { kind: 'unavailable', why: error.message };
    throw error;
  }
}
