import { describe, expect, it } from '@jest/globals';
import { reachVerdict, routeVerdict } from '../../src/routes/verdicts.js';

const answer = (status: number, headers: Record<string, string> = {}, text = '') => ({ status, headers, text });

describe('reachVerdict', () => {
  it.each([200, 302, 401, 403, 404])('counts %i as an answer', (status) => expect(reachVerdict(answer(status)).ok).toBe(true));
  it.each([500, 502, 503])('does not count %i', (status) => expect(reachVerdict(answer(status)).ok).toBe(false));
  it('does not count silence', () => expect(reachVerdict({ error: 'ECONNREFUSED' })).toEqual({ ok: false, detail: 'ECONNREFUSED' }));
});

describe('routeVerdict', () => {
  it('knows the front by its header, whatever the status', () => {
    expect(routeVerdict(answer(503, { 'mooring-front': '1' })).who).toBe('front');
    expect(routeVerdict(answer(200, { 'mooring-front': '1' })).who).toBe('front');
  });
  it("knows Traefik's own answers", () => {
    expect(routeVerdict(answer(404, { 'x-content-type-options': 'nosniff' }, '404 page not found\n')).who).toBe('nobody');
    for (const status of [502, 503, 504]) expect(routeVerdict(answer(status)).who).toBe('nobody');
    expect(routeVerdict({ error: 'ECONNREFUSED' }).who).toBe('nobody');
  });
  it('takes everything else for the session', () => {
    for (const status of [200, 302, 403, 404, 500]) expect(routeVerdict(answer(status)).who).toBe('session');
  });
});
