import type { Gate } from '../api/access.js';
import type { Audit } from '../audit/audit.js';
import type { RateLimits } from '../limits/rate.js';
import type { FrontOptions } from '../options.js';
import type { Tokens } from './auth/tokens.js';
import type { AddressGuard } from './fetch/guard.js';
import type { JobFiles } from './jobs/job-files.js';
import type { ContainersOptions } from './options.js';
import type { UsageSeries } from './usage.js';

/** What the routes work with that only look at containers. */
export interface ViewContext {
  front: Pick<FrontOptions, 'store' | 'sessions' | 'now'>;
  options: ContainersOptions;
  jobs: JobFiles;
  usage: UsageSeries;
  gate: Gate;
  audit: Audit;
  /** Ends what is streamed when the front stops. */
  stopping: AbortSignal;
}

/** What the container API's routes work with. */
export interface ContainersContext extends ViewContext {
  tokens: Tokens;
  guard: AddressGuard;
  limits: Pick<RateLimits, 'failedSignIn' | 'beforeAsking'>;
  /** By uid, in a sentence: why a container that runs has not been given its script yet. */
  waits: Map<string, string>;
}
