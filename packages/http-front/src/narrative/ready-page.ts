const PLACE = '{}';
const HOME = '/narrative/';

/**
 * Where a browser goes once the session is ready.
 *
 * @param target what was asked for: a path below /narrative/, with its query
 */
export function readyUrl(target: string, readyPage: string | undefined): string {
  if (readyPage === undefined) return target;
  return readyPage.replace(PLACE, () => encodeURIComponent(target.startsWith(HOME) ? target.slice(HOME.length) : ''));
}

/** Throws RangeError with a sentence unless `readyPage` is a path on our own origin with one place for what was asked for. */
export function checkReadyPage(readyPage: string): void {
  if (/^\/[\x21-\x7e]*$/.test(readyPage) && !/^\/[/\\]/.test(readyPage) && readyPage.split(PLACE).length === 2) return;
  throw new RangeError(
    `readyPage: ${JSON.stringify(readyPage)} must be a path of this site that holds {} once, as in /load-narrative.html?n={}&check=true.`,
  );
}
