/** Parts that the simulation plants defects in; nobody else imports them. */
export { RouteTable } from './routes/table.js';
export { Informer } from './runtime/informer.js';
export { RancherGateway } from './sessions/rancher-gateway.js';
export { RancherView } from './sessions/rancher-view.js';
