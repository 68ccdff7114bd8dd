/** Parts that the simulation plants defects in; nobody else imports them. */
export { ActivityBook } from './activity/book.js';
export { RunMemory } from './activity/sources/run-memory.js';
export { TraefikConnections } from './activity/sources/traefik-connections.js';
export { ActivityTicker } from './activity/tick.js';
export { RouteTable } from './routes/table.js';
export { Informer } from './runtime/informer.js';
export { RancherGateway } from './sessions/rancher-gateway.js';
export { RancherView } from './sessions/rancher-view.js';
