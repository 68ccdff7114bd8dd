import { createHash } from 'node:crypto';
import type { CookieSessionRoute, DocumentEntry, SessionRoute } from './document.js';
import { FALLBACK } from './document.js';
import { bucketRule, innerBucketRule, REST_PRIORITY, REST_RULE, SESSION_PRIORITY } from './rules.js';

/**
 * With many sessions Traefik, which tries one rule after another, would look at each of them for every request. So they are put into 16
 * buckets by the first hexadecimal digit of their secret, and in each of these into 16 by the second: a request is held against 16 rules, 16
 * more, and those of one bucket. From so many sessions on; below, what there is to try costs less than the buckets.
 */
export const BUCKETS_FROM = 100;

/** Where a session is: the digits that lead there, in the buckets of those with the same cookie, path and hosts. */
export interface Bucket {
  name: string;
  outer: string;
  digits: string;
  route: CookieSessionRoute['route'];
}

/** Whether a session's secret leads to it: what goes by a name is told apart by that, and stays beside the buckets. */
export const isInBuckets = (session: SessionRoute): session is CookieSessionRoute => session.route.type === 'cookie';

/** The bucket of a session. Names hold two digits of its secret, and none of the other 254 bits that keep it. */
export function bucketOf({ route, secret }: Pick<CookieSessionRoute, 'route' | 'secret'>): Bucket {
  const { cookieName, pathPrefix, hosts } = route;
  const kind = createHash('sha256')
    .update(JSON.stringify([cookieName, pathPrefix, hosts]))
    .digest('hex')
    .slice(0, 8);
  const digits = secret.slice(0, 2);
  return { name: `bucket-${kind}-${digits}`, outer: `bucket-${kind}-${digits.slice(0, 1)}`, digits, route };
}

/** Nobody whose cookie leads into a bucket and to no session of it is to get Traefik's 404: no router outside is tried then (measured). */
const rest = (bucket: string): DocumentEntry['routers'] => ({
  [`${bucket}-rest`]: { rule: REST_RULE, priority: REST_PRIORITY, parentRefs: [bucket], service: FALLBACK },
});

/** The routers of the buckets in which there is somebody: a bucket without sessions is left out. */
export function bucketRouters(buckets: Iterable<Bucket>, entryPoint: string): DocumentEntry['routers'] {
  const routers: DocumentEntry['routers'] = {};
  for (const { name, outer, digits, route } of buckets) {
    if (name in routers) continue;
    routers[name] = { rule: innerBucketRule(route, digits), priority: SESSION_PRIORITY, parentRefs: [outer] };
    Object.assign(routers, rest(name));
    if (outer in routers) continue;
    routers[outer] = { rule: bucketRule(route, digits.slice(0, 1)), priority: SESSION_PRIORITY, entryPoints: [entryPoint] };
    Object.assign(routers, rest(outer));
  }
  return routers;
}
