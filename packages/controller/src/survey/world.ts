import type { Service } from '@mooring/rancher-client';
import type { Logger } from 'pino';
import type { Place } from '../parts.js';
import { systemClock } from '../runtime/clock.js';
import { Informer } from '../runtime/informer.js';
import { SessionIndex } from '../sessions/index-by-session.js';
import { keyOf, type RancherObject, seeContainer, seeHost, seeService } from '../sessions/seen.js';

/** What Rancher holds, read once. */
export interface World {
  /** Services of the stack, whole. */
  services: readonly Service[];
  /** Which of it is whose. */
  index: SessionIndex;
}

/** Lists the stack's services, the containers and the hosts. @throws what the client throws; there is all of it or nothing */
export async function readWorld({ rancher, stackId }: Pick<Place, 'rancher' | 'stackId'>, log: Logger): Promise<World> {
  const services = await rancher.services.list({ stackId });
  const containers = await rancher.containers.list({});
  const hosts = await rancher.hosts.list({});
  const index = await indexOf([...services.map(seeService), ...containers.map(seeContainer), ...hosts.map(seeHost)], log);
  return { services, index };
}

/** The same index that the loop decides by. */
async function indexOf(objects: RancherObject[], log: Logger): Promise<SessionIndex> {
  const source = { keyOf, list: async () => objects, watch: async function* () {} };
  const informer = new Informer<RancherObject>({ source, clock: systemClock, log });
  const index = new SessionIndex(informer);
  await informer.relist();
  return index;
}
