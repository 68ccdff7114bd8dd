import type { Draft } from '@mooring/resources';
import type { Settings } from './config/keys.js';
import { NARRATIVE } from './template.js';

/** narrative-traefiker keeps so many ready where nothing else is said. */
const SERVE_DEFAULT = 5;

/** The pool of the narrative template, as num_prespawn says; one of no sessions keeps none, and lets go of those that were there. */
export function narrativePool({ num_prespawn, container_name_prespawn }: Settings, command: 'start' | 'serve'): Draft<'WarmPool'> {
  const replicas = num_prespawn ?? (command === 'serve' ? SERVE_DEFAULT : 0);
  return { metadata: { name: NARRATIVE }, spec: { templateRef: { name: NARRATIVE }, replicas, sessionName: container_name_prespawn } };
}
