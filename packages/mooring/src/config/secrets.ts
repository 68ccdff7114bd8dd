/** What stands where a secret was. */
export const HIDDEN = '(hidden)';

/** Cuts user name and password out of URLs. */
export const withoutUserInfo = (text: string): string => text.replaceAll(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@]+@/gi, '$1');

/** A value as it may be shown: quoted where it holds anything unusual, never longer than a line. */
export function showable(value: string, secret = false): string {
  if (secret) return HIDDEN;
  const shown = withoutUserInfo(value);
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}…` : shown);
}
