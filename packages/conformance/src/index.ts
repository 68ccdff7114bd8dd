export { type Recorded, readRecordings } from './exchange.js';
export { replay, type Verdict } from './replay.js';
export { report } from './report.js';
