import type { RequestSeen } from '@mooring/rancher-client';
import { Counter, Histogram, type Registry } from 'prom-client';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
const FIRST_CODES = ['200', '201', '202', '404', '422', '500', '<error>'] as const;

/** client-go's metrics of an API's client, for Rancher's. Answers what to tell of each request. */
export function registerClientMetrics(registry: Registry): (seen: RequestSeen) => void {
  const registers = [registry];
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to Rancher, by method and status code; <error> where no answer came.',
    labelNames: ['method', 'code'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'Time until Rancher had answered, by verb.',
    labelNames: ['verb'] as const,
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60],
    registers,
  });
  for (const method of METHODS) {
    seconds.zero({ verb: method });
    for (const code of FIRST_CODES) requests.inc({ method, code }, 0);
  }
  return ({ method, code, seconds: took }) => {
    requests.inc({ method, code });
    seconds.observe({ verb: method }, took);
  };
}
