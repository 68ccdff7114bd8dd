import type { Kind } from './records.js';

/** The only project and its owner, as in a fresh Rancher. */
export const PROJECT_ID = '1a5';
export const ADMIN_ID = '1a1';
/** The numbers in the two. */
export const PROJECT_NUMBER = 5;
export const ADMIN_NUMBER = 1;

const PREFIXES: Readonly<Record<Kind, string>> = { stack: '1st', service: '1s', container: '1i', host: '1h', apiKey: '1c' };

export const formatId = (kind: Kind, id: number): string => `${PREFIXES[kind]}${id}`;

/**
 * The number in an id; undefined where it isn't an id.
 * The type's letters aren't checked: `services/1st7` is `1s7` in Rancher too (recording 03-09c).
 */
export const parseId = (text: string): number | undefined => {
  const digits = /^1[a-z]+(\d{1,15})$/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
};
