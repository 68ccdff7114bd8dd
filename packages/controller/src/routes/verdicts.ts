import { FRONT_HEADER } from '@mooring/resources';
import type { ProbeAnswer } from './prober.js';

/** Who answered a request through Traefik. `unsure`: nobody did, which does not tell whether the next one still goes to the container. */
export type Answerer = { who: 'session' | 'front' | 'nobody'; detail: string; unsure?: boolean };

/** Whether a container that was asked directly works: any answer but a server's error will do, since a 401 or 404 takes a server too; or the one status that will. */
export function reachVerdict(answer: ProbeAnswer, okStatus?: number): { ok: boolean; detail: string } {
  if ('error' in answer) return { ok: false, detail: answer.error };
  if (okStatus !== undefined)
    return { ok: answer.status === okStatus, detail: `it answers ${answer.status}, and is to answer ${okStatus}` };
  return { ok: answer.status < 500, detail: `it answers ${answer.status}` };
}

/**
 * Who answered, where the front answers all that no container does: then a 404 that looks like Traefik's own (Go's programs answer the same) is
 * the container's.
 */
export function coveredRouteVerdict(answer: ProbeAnswer): Answerer {
  const isNotFound = 'status' in answer && answer.status === NO_ROUTER && answer.headers[FRONT_HEADER] === undefined;
  return isNotFound ? { who: 'session', detail: `the container answers ${answer.status}` } : routeVerdict(answer);
}

/**
 * Who answered a request that was sent through Traefik with a session's cookie. The front marks its answers; Traefik's own are its 404
 * for want of a router, and 502 to 504 for want of a server.
 */
export function routeVerdict(answer: ProbeAnswer): Answerer {
  if ('error' in answer)
    return { who: 'nobody', detail: `Traefik gives no answer (${answer.error})`, unsure: !NOBODY_THERE.has(answer.error) };
  if (answer.headers[FRONT_HEADER] !== undefined) return { who: 'front', detail: 'the waiting page still answers' };
  if (isTraefiksOwn(answer))
    return { who: 'nobody', detail: `Traefik itself answers ${answer.status}`, unsure: answer.status !== NO_ROUTER };
  return { who: 'session', detail: `the container answers ${answer.status}` };
}

/** Without a Traefik nobody's request comes anywhere. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND']);
const NO_ROUTER = 404;

function isTraefiksOwn({ status, headers, text }: Exclude<ProbeAnswer, { error: string }>): boolean {
  if (status === NO_ROUTER) return text.startsWith('404 page not found') && headers['x-content-type-options'] === 'nosniff';
  return status >= 502 && status <= 504;
}
