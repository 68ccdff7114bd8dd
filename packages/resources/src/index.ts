export * from './errors.js';
export * from './kinds.js';
export * from './meta.js';
export * from './session.js';
export * from './session-template.js';
export * from './store.js';
