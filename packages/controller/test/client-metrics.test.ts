import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { registerClientMetrics } from '../src/index.js';

describe('registerClientMetrics', () => {
  it('counts requests to Rancher by method and code, from 0 on', async () => {
    const registry = new Registry();
    const seen = registerClientMetrics(registry);
    seen({ method: 'POST', code: '201', seconds: 0.02 });
    seen({ method: 'GET', code: '<error>', seconds: 10 });
    const text = await registry.metrics();
    expect(text).toContain('rest_client_requests_total{method="POST",code="201"} 1');
    expect(text).toContain('rest_client_requests_total{method="GET",code="<error>"} 1');
    expect(text).toContain('rest_client_requests_total{method="DELETE",code="200"} 0');
    expect(text).toContain('rest_client_request_duration_seconds_count{verb="PUT"} 0');
    expect(text).toContain('rest_client_request_duration_seconds_sum{verb="GET"} 10');
  });
});
