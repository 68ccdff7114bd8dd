import { type IdlePolicy, idlePolicySchema } from '@mooring/resources';
import type { Reading } from '../../src/activity/reading.js';

export const START = 1_800_000_000_000;

export const active = (at: number): Reading => ({ type: 'active', at, detail: 'a kernel is busy' });
export const quiet = (since: number): Reading => ({ type: 'quiet', since, detail: 'no kernel is busy' });
export const unknown = (why = 'it gave no answer'): Reading => ({ type: 'unknown', why });

export const aPolicy = (changes: Partial<IdlePolicy> = {}): IdlePolicy => idlePolicySchema.parse({ afterSeconds: 600, ...changes });
