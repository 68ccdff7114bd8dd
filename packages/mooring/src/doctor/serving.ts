import { z } from 'zod';
import type { Settings } from '../config/keys.js';
import { type Finding, fine, problem, warning } from './finding.js';
import { jsonOf } from './json.js';
import { type Look, type Seen, wordsFor } from './look.js';
import { judgeFetch, judgeThrottle } from './traefik.js';

const readySchema = z.object({ checks: z.record(z.string(), z.object({ ok: z.boolean(), message: z.string().optional() })) });

/** What the running serve says it lacks. */
export function judgeReadiness(seen: Seen): Finding {
  const check = 'mooring serve';
  if ('error' in seen)
    return warning(check, `it is not reached: ${seen.error}`, 'start it, or correct MOORING_INTERNAL_LISTEN to where it listens');
  const { checks = {} } = readySchema.safeParse(jsonOf(seen.text)).data ?? {};
  const missing = Object.entries(checks).filter(([, { ok }]) => !ok);
  if (seen.status === 200) return fine(check, 'it is ready');
  const cure = 'its log says more; what it needs is checked above';
  return problem(check, missing.map(([name, { message }]) => `${name}: ${message}`).join('; ') || wordsFor(seen), cure);
}

/** Looks at the Mooring that runs with this configuration, if one does. */
export async function examineServing(settings: Settings, look: Look): Promise<Finding[]> {
  const { host, port } = settings.MOORING_INTERNAL_LISTEN;
  const everywhere = host === '0.0.0.0' || host === '::';
  const origin = `http://${everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${port}`;
  const [ready, metrics] = await Promise.all([look(`${origin}/readyz`), look(`${origin}/metrics`)]);
  return [judgeReadiness(ready), ...judgeFetch(metrics, settings), ...judgeThrottle(metrics)];
}
