export { DEMO_IMAGE, demoImage } from './images/index.js';
export { type LocalRancher, type LocalRancherOptions, startLocalRancher } from './local-rancher.js';
export { type Pace, type PaceName, recordedPace } from './pace.js';
export * from './runtime/index.js';
