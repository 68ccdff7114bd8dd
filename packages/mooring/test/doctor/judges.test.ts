import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/doctor/finding.js';
import { formatFindings } from '../../src/doctor/format.js';
import { judgeAuth2, judgeOidc } from '../../src/doctor/identity.js';
import type { Seen } from '../../src/doctor/look.js';
import { judgeOpenFiles, judgeSpace, openFilesLimit } from '../../src/doctor/machine.js';
import { judgeMetadata, judgeRights, judgeSkew } from '../../src/doctor/rancher.js';
import { judgeReadiness } from '../../src/doctor/serving.js';
import { judgeApi, judgeEntryPoint, judgeFetch, judgeMetrics, judgeThrottle, judgeVersion } from '../../src/doctor/traefik.js';

const seen = (text: string, status = 200, headers: Record<string, string> = {}): Seen => ({
  status,
  headers: new Headers(headers),
  text,
  at: 0,
});
const down: Seen = { error: 'ECONNREFUSED' };
const version = (text: string): Seen => seen(JSON.stringify({ Version: text }));
const auto = { MOORING_ROUTES: 'auto' as const, MOORING_FRONT_URL: 'http://mooring:5000' };

/** What is not fine has a cure. */
function level(finding: Finding | undefined): string | undefined {
  if (finding && finding.level !== 'ok') expect(finding.cure).toMatch(/\w{3,} \w+/);
  return finding?.level;
}

describe("the doctor's judgement", () => {
  it.each([
    [version('3.7.15'), auto, 'ok'],
    [version('3.4.0'), auto, 'warning'],
    [version('2.11.53'), auto, 'ok'],
    [version('3.7.15'), { ...auto, MOORING_FRONT_URL: undefined }, 'problem'],
    [version('3.7.15'), { ...auto, MOORING_ROUTES: 'labels' as const }, 'problem'],
    [version('2.11.53'), { ...auto, MOORING_ROUTES: 'http' as const }, 'problem'],
    [down, auto, 'problem'],
    [down, { ...auto, MOORING_ROUTES: 'labels' as const }, 'warning'],
    [seen('<html>'), auto, 'problem'],
  ])("of Traefik's version %j with %j", (answer, routing, expected) => expect(level(judgeVersion(answer, routing))).toBe(expected));

  it('of a Traefik whose API shows every cookie', () => {
    expect(level(judgeApi(seen('[]')))).toBe('problem');
    expect(judgeApi(seen('[]'))).toMatchObject({ says: expect.stringContaining('every session cookie') });
    for (const closed of [down, seen('', 404), seen('', 401)]) expect(level(judgeApi(closed))).toBe('ok');
  });

  it("of Traefik's metrics and entry point", () => {
    expect(level(judgeMetrics(down))).toBe('problem');
    expect(level(judgeMetrics(seen('# TYPE go_threads gauge\n')))).toBe('problem');
    expect(level(judgeMetrics(seen('# TYPE traefik_config_reloads_total counter\n')))).toBe('warning');
    expect(level(judgeMetrics(seen('# TYPE traefik_service_requests_total counter\ntraefik_service_requests_total{} 1\n')))).toBe('ok');
    expect(level(judgeEntryPoint(down))).toBe('problem');
    expect(level(judgeEntryPoint(seen('', 404)))).toBe('problem');
    expect(level(judgeEntryPoint(seen('', 503, { 'mooring-front': '1' })))).toBe('ok');
  });

  it('of whether Traefik fetches the document', () => {
    const fetched = (at: number): Seen => seen(`mooring_routes_fetched_timestamp_seconds ${at}\n`);
    const levels = (answer: Seen, routes: 'http' | 'labels' | 'auto') => judgeFetch(answer, { MOORING_ROUTES: routes }).map(level);
    expect(levels(fetched(1.7e9), 'http')).toEqual(['ok']);
    expect([levels(fetched(0), 'http'), levels(fetched(0), 'labels'), levels(fetched(0), 'auto')]).toEqual([
      ['problem'],
      ['warning'],
      ['warning'],
    ]);
    expect([levels(down, 'http'), levels(seen(''), 'http')]).toEqual([[], []]);
  });

  it('of the metadata, which only who has not set the place needs', () => {
    const set = { rancher_env_url: 'https://rancher/v2-beta/projects/1a5', rancher_stack_id: undefined, rancher_stack_name: 'narrative' };
    const open = { ...set, rancher_env_url: undefined };
    expect(level(judgeMetadata(seen('narrative'), open))).toBe('ok');
    expect([level(judgeMetadata(down, set)), level(judgeMetadata(down, open)), level(judgeMetadata(seen('', 404), open))]).toEqual([
      'ok',
      'problem',
      'problem',
    ]);
  });

  it('of the throttle, by how long routes took', () => {
    const metrics = (reached: number, routed: number, count = 10): Seen =>
      seen(
        [
          ...[`_sum{condition="Reachable"} ${reached}`, `_count{condition="Reachable"} ${count}`],
          ...[`_sum{condition="Routed"} ${routed}`, `_count{condition="Routed"} ${count}`],
        ]
          .map((line) => `mooring_session_start_seconds${line}\n`)
          .join(''),
      );
    expect(judgeThrottle(metrics(10, 12)).map(level)).toEqual(['ok']);
    expect(judgeThrottle(metrics(10, 31)).map(level)).toEqual(['warning']);
    expect(judgeThrottle(metrics(1, 30, 1))).toEqual([]);
    expect(judgeThrottle(down)).toEqual([]);
  });

  it("of the key's rights", () => {
    const schema = (collectionMethods: string[], resourceMethods: string[]) => seen(JSON.stringify({ collectionMethods, resourceMethods }));
    expect(level(judgeRights(schema(['GET', 'POST'], ['GET', 'PUT', 'DELETE'])))).toBe('ok');
    expect(judgeRights(schema(['GET'], ['GET']))).toMatchObject({ level: 'problem', says: 'the key may not POST, PUT, DELETE services' });
    expect(level(judgeRights(seen('', 404)))).toBe('warning');
  });

  it('of the clock, which may be off by less than what is decided by it', () => {
    const now = Date.parse('2026-01-01T00:00:10Z');
    expect(level(judgeSkew('Thu, 01 Jan 2026 00:00:08 GMT', now))).toBe('ok');
    expect(judgeSkew('Thu, 01 Jan 2026 00:01:10 GMT', now)).toMatchObject({ level: 'warning', says: expect.stringContaining('60 s') });
    expect(level(judgeSkew(null, now))).toBe('ok');
  });

  it('of who says who somebody is', () => {
    const json = { 'content-type': 'application/json' };
    expect(level(judgeAuth2(seen('{"error":{}}', 401, json)))).toBe('ok');
    expect(level(judgeAuth2(seen('<html>', 200)))).toBe('problem');
    expect(level(judgeAuth2(seen('{}', 404, json)))).toBe('problem');
    expect(level(judgeAuth2(seen('', 502)))).toBe('problem');
    const document = seen('{"issuer":"https://sso","jwks_uri":"https://sso/k","token_endpoint":"https://sso/t"}');
    expect(level(judgeOidc(document, 'https://sso'))).toBe('ok');
    expect(judgeOidc(document, 'https://other')).toMatchObject({ level: 'problem', says: 'it calls itself https://sso' });
    expect(level(judgeOidc(down, 'https://sso'))).toBe('problem');
  });

  it('of the machine', () => {
    expect(openFilesLimit('Max processes  9 9\nMax open files            1024                 524288               files\n')).toBe(1024);
    expect(openFilesLimit('Max open files            unlimited  unlimited files')).toBe(Number.POSITIVE_INFINITY);
    expect([openFilesLimit(''), 1024, 20_000].map((limit) => level(judgeOpenFiles(limit)))).toEqual(['ok', 'warning', 'ok']);
    expect([level(judgeSpace('/data', 1e6)), level(judgeSpace('/data', 1e10))]).toEqual(['problem', 'ok']);
  });

  it('of the running serve', () => {
    expect(level(judgeReadiness(seen('{"status":"ready","checks":{}}')))).toBe('ok');
    const told = seen('{"checks":{"rancher":{"ok":false,"message":"not listed yet"},"x":{"ok":true}}}', 503);
    expect(judgeReadiness(told)).toMatchObject({ level: 'problem', says: 'rancher: not listed yet' });
    expect(level(judgeReadiness(down))).toBe('warning');
  });

  it('is told line by line, each cure below what it cures, without steering a terminal', () => {
    const text = formatFindings([
      { check: 'a', level: 'ok', says: 'well' },
      { check: 'longer', level: 'problem', says: 'bad\u001b[2J', cure: 'do this' },
    ]);
    expect(text).toBe('ok       a       well\nPROBLEM  longer  bad [2J\n         cure: do this\n');
  });
});
