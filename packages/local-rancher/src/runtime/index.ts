export { createDockerRuntime, type DockerRuntimeOptions, ensureImage, type PullOptions } from './docker/index.js';
export { RuntimeError, type RuntimeErrorCode } from './errors.js';
export type { ImageManifest, ImageSpec } from './image-manifest.js';
export type { Installation } from './ownership.js';
export type { UnknownImage } from './placeholder.js';
export { createProcessRuntime, type ProcessRuntimeOptions } from './process-runtime.js';
export * from './runtime.js';
export { createSimulatedRuntime, type SimulatedRuntime, type SimulatedRuntimeOptions } from './simulated-runtime.js';
