export type { RoutingOptions } from './parts.js';
export { type Check, type Controller, type ControllerOptions, startController } from './start-controller.js';
