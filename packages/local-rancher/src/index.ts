export {
  createEmbeddedRancher,
  type EmbeddedRancher,
  type EmbeddedRancherOptions,
  type EmbeddedRecords,
  type EmbeddedRequest,
} from './embedded.js';
export { DEMO_IMAGE, demoImage, MOCK_APP_IMAGE, mockAppImage } from './images/index.js';
export { type LocalRancher, type LocalRancherOptions, startLocalRancher } from './local-rancher.js';
export type { ContainerRecord, HostRecord, ServiceRecord, StackRecord } from './model/records.js';
export { type Pace, type PaceName, recordedPace, type Step } from './pace.js';
export * from './runtime/index.js';
