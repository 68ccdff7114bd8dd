export { registerClientMetrics } from './client-metrics.js';
export type { Check } from './converge.js';
export type { Place, RoutingOptions } from './parts.js';
export { FALLBACK_PRIORITY, fallbackRule } from './routes/rules.js';
export { type Controller, type ControllerOptions, startController } from './start-controller.js';
export { type Survey, survey } from './survey/survey.js';
export { readWorld } from './survey/world.js';
