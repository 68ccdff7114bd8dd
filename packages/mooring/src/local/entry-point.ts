import { setTimeout as sleep } from 'node:timers/promises';
import { FRONT_HEADER } from '@mooring/resources';

const POLL_MS = 25;
const REQUEST_MS = 2_000;

/** Whether the front answers through Traefik. The request isn't a navigation, so it starts nothing. */
async function reachesFront(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]);
    const response = await fetch(`${url}/narrative/`, { signal: limit, redirect: 'manual', headers: { 'Sec-Fetch-Mode': 'cors' } });
    await response.body?.cancel();
    return response.headers.has(FRONT_HEADER);
  } catch {
    return false;
  }
}

/** Resolves when a condition holds; false if it doesn't within `ms`. @throws the signal's reason */
export async function holdsWithin(ms: number, condition: () => Promise<boolean> | boolean, signal: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    signal.throwIfAborted();
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS, undefined, { signal });
  }
  return true;
}

/** Resolves when the front answers through Traefik's entry point; false if it doesn't within `ms`. */
export const entryPointOpen = (url: string, ms: number, signal: AbortSignal): Promise<boolean> =>
  holdsWithin(ms, () => reachesFront(url, signal), signal);
