import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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
});
