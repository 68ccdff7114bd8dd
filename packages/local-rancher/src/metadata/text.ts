import type { Json } from './document.js';

const nameOf = (item: Json): string | undefined => {
  if (typeof item !== 'object' || item === null || !('name' in item)) return undefined;
  return typeof item.name === 'string' ? item.name : undefined;
};

const isBranch = (value: Json): boolean => typeof value === 'object' && value !== null;

const listLine = (item: Json, index: number): string => {
  const name = nameOf(item);
  if (name !== undefined) return `${index}=${name}`;
  return isBranch(item) ? `${index}/` : String(item);
};

/** Rancher's plain text: a value as it is, of an object the keys (a slash at those with more below), of a list its items. */
export const toText = (value: Json): string => {
  if (Array.isArray(value)) return (value as readonly Json[]).map(listLine).join('\n');
  if (typeof value !== 'object' || value === null) return value === null ? '' : String(value);
  return Object.entries(value)
    .map(([key, item]) => (isBranch(item) ? `${key}/` : key))
    .join('\n');
};
