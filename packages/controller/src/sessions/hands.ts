import type { ObjectCache, Store } from '@mooring/resources';
import type { RancherGateway } from './rancher-gateway.js';
import type { RancherView } from './rancher-view.js';
import type { ServicePlace } from './service-body.js';

/** With what steps are done. */
export interface Hands {
  gateway: RancherGateway;
  view: RancherView;
  store: Store;
  place: ServicePlace;
  /** The records as they are now. */
  sessions: Pick<ObjectCache<'Session'>, 'byUid'>;
}
