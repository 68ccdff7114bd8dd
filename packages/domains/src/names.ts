import { isIPv4 } from 'node:net';

/** RFC 1123: one part of a host name, in small letters. */
const HOST_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** What Rancher takes for the name of a stack or a service: 63 letters, digits and hyphens. */
const RANCHER_NAME = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
const UUID = /^[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/;
const PORT = /^[1-9]\d{0,4}$/;
const LONGEST_HOST = 253;
const LONGEST_QUOTE = 60;

/** Whether a text, in small letters, is a host name. */
export const isHostName = (text: string): boolean =>
  text.length <= LONGEST_HOST && text.split('.').every((label) => HOST_LABEL.test(label));

export const isRancherName = (text: string): boolean => RANCHER_NAME.test(text);

export const isUuid = (text: string): boolean => UUID.test(text);

/** The port that a text says; undefined where it says none. */
export function portOf(text: string): number | undefined {
  const port = PORT.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535 ? port : undefined;
}

/**
 * Whether a server can have this address. HAProxy takes 0.0.0.0 for "where the client meant to go", which would lead anywhere; 224.0.0.0
 * and above are for groups.
 */
export function isServerAddress(text: string): boolean {
  const first = isIPv4(text) ? Number.parseInt(text, 10) : 0;
  return first >= 1 && first < 224;
}

/** What came from outside, as it may stand in a sentence: on one line, in quotes, and short. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  // JSON leaves some characters that end a line, or turn a terminal, as they are.
  return JSON.stringify(shown).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** A stable order, the same on every machine. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
