/** Nobody is held longer, in seconds. */
const MOST_SECONDS = 60;

/** Seconds that the header Prefer asks to be waited (RFC 7240, `wait=n`), as many as may be; undefined where it asks for none. */
export function preferredWait(prefer: string | string[] | undefined): number | undefined {
  const [, seconds] = /(?:^|[,;]\s*)wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)/i.exec([prefer ?? []].flat().join(',')) ?? [];
  return seconds === undefined ? undefined : Math.min(MOST_SECONDS, Number(seconds));
}
