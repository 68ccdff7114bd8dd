import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { createRequestMetrics } from '../../src/http/metrics.js';
import { as, type TestFront, testFront } from '../support/front.js';

let front: TestFront;
beforeEach(async () => {
  front = await testFront();
});
afterEach(() => front.app.close());

describe('metrics', () => {
  it('start at 0', async () => {
    const text = await front.registry.metrics();
    expect(text).toContain('mooring_front_requests_total{door="narrative",code="201"} 0');
    expect(text).toContain('mooring_front_requests_total{door="background",code="503"} 0');
    expect(text).toContain('mooring_front_request_duration_seconds_count{door="narrative"} 0');
    expect(text).toContain('mooring_identity_lookups_total{provider="auth2",result="rejected"} 0');
    expect(text).toContain('mooring_front_event_streams 0');
  });

  it('count by entrance and code', async () => {
    await front.app.inject(as('ada'));
    await front.app.inject(as('ada', { method: 'PUT' }));
    await front.app.inject(as('ada', { url: '/nowhere' }));
    await front.app.inject({ url: '/narrative/%zz' });
    await front.app.inject(as('ada', { cookies: { kbase_session: 'made-up' } }));
    await front.app.inject(as('ada', { cookies: { kbase_session: 'down' } }));
    const text = await front.registry.metrics();
    expect(text).toContain('mooring_front_requests_total{door="narrative",code="201"} 1');
    expect(text).toContain('mooring_front_requests_total{door="background",code="503"} 1');
    expect(text).toContain('mooring_front_requests_total{door="other",code="404"} 1');
    expect(text).toContain('mooring_front_requests_total{door="other",code="400"} 1');
    expect(text).toContain('mooring_front_request_duration_seconds_count{door="narrative"} 3');
    for (const result of ['accepted', 'rejected', 'unavailable']) {
      expect(text).toContain(`mooring_identity_lookups_total{provider="auth2",result="${result}"} 1`);
    }
  });

  it('tell of each duration once, however many come between two looks', async () => {
    const registry = new Registry();
    const metrics = createRequestMetrics(registry);
    const lines = async () => (await registry.metrics()).split('\n').filter((line) => /duration_seconds_(count|sum|.*0\.25)/.test(line));
    const expected = (count: number) => [
      `mooring_front_request_duration_seconds_bucket{le="0.25",door="narrative"} ${count / 2}`,
      `mooring_front_request_duration_seconds_sum{door="narrative"} ${count / 2}`,
      `mooring_front_request_duration_seconds_count{door="narrative"} ${count}`,
    ];
    let count = 0;
    for (const more of [2, 1_000, 254, 256]) {
      for (let index = 0; index < more; index += 1) metrics.observe('narrative', 201, index % 2 === 0 ? 0.25 : 0.75);
      count += more;
      expect((await lines()).filter((line) => line.includes('narrative'))).toEqual(expected(count));
    }
    expect(await lines()).toContain('mooring_front_request_duration_seconds_count{door="login"} 0');
  });
});
