export { createDockerRuntime, type DockerRuntimeOptions } from './docker-runtime.js';
export { ensureImage, type PullOptions } from './pull.js';
