import type { Call } from '../schedule/events.js';

/** A call as it arrives at Rancher. */
export interface SeenCall {
  call: Call;
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  body: string | undefined;
}
