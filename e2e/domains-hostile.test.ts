import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from '@jest/globals';
import fc from 'fast-check';
import { buildTable, renderBackends, renderMap } from '../packages/domains/src/index.js';
import { haproxyPath } from './support/haproxy.js';
import { withPart } from './support/real-parts.js';

const program = haproxyPath();
const it = withPart('HAProxy', program !== undefined);

const CONFIG =
  'defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n  timeout server 1s\nfrontend www\n  bind 127.0.0.1:18939\n';
const SETTINGS = { domain: 'dev.test', label: 'map-public-http', proxyLabel: 'proxy_protocol', proxy: 'haproxy' as const };

const evil = fc.constantFrom<unknown>(
  'a\nbackend evil',
  'a"',
  "a'",
  '}',
  'a b',
  'x'.repeat(10_000),
  '80; drop',
  '0',
  '70000',
  '#1',
  '$HOME',
  '%[src]',
  '-a',
  '\u2028',
  '__proto__',
  null,
  7,
  true,
  [],
  {},
);
const name = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-cA-C1][a-c1-]{0,3}[a-c1]$/) },
  { weight: 1, arbitrary: evil },
  fc.string(),
);
const port = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 65_535 }).map(String) }, { weight: 1, arbitrary: evil });
const options = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'send-proxy',
      'send-proxy-v2 check inter 2s',
      'ssl verify none',
      'backup weight 256',
      'slowstart 5s maxconn 9',
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('check', 'ssl', 'verify', 'none', 'weight', '5', 'inter', '2s', 'rise', 'source', 'id'), { maxLength: 5 })
      .map((words) => words.join(' ')),
  },
  { weight: 1, arbitrary: evil },
);
const container = fc.record(
  {
    stack_name: name,
    service_name: name,
    uuid: fc.oneof({ weight: 5, arbitrary: fc.uuid() as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: evil }),
    primary_ip: fc.oneof({ weight: 5, arbitrary: fc.ipV4() as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: evil }),
    state: fc.oneof({ weight: 5, arbitrary: fc.constant<unknown>('running') }, { weight: 1, arbitrary: evil }),
    health_state: fc.constantFrom<unknown>(null, 'healthy', 'unhealthy', 3),
    labels: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record(
          { 'map-public-http': port, proxy_protocol: options },
          { requiredKeys: ['map-public-http'] },
        ) as fc.Arbitrary<unknown>,
      },
      { weight: 1, arbitrary: evil },
    ),
  },
  { noNullPrototype: true },
);
const aliases = fc.oneof(fc.dictionary(fc.stringMatching(/^[a-c1]{2,3}$/), fc.oneof(fc.array(name), evil)), evil);
const metadata = fc.record({
  containers: fc.array(fc.oneof({ weight: 9, arbitrary: container as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: evil }), {
    minLength: 20,
    maxLength: 60,
  }),
  aliases,
});

const BACKEND_LINE = /^(|backend [A-Za-z0-9-]{1,63}| {2}mode http| {2}server [A-Za-z0-9-]{3,130} [\d.]{7,15}:\d{1,5}( [a-z0-9 -]+)?)$/;
const MAP_LINE = /^([a-z0-9-]+\.)+dev\.test [A-Za-z0-9-]{1,63}$/;

describe('metadata that nobody should have', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-hostile-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes files that HAProxy accepts, whatever they are', () => {
    const [base, backendsFile] = [join(folder, 'base.cfg'), join(folder, 'backends.cfg')];
    writeFileSync(base, CONFIG);
    let servers = 0;
    let leftOut = 0;
    fc.assert(
      fc.property(metadata, (told) => {
        const table = buildTable(told, SETTINGS);
        const [backends, map] = [renderBackends(table), renderMap(table)];
        for (const line of backends.split('\n')) expect(line).toMatch(BACKEND_LINE);
        const lines = map.split('\n').slice(0, -1);
        for (const line of lines) expect(line).toMatch(MAP_LINE);
        expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(lines.length);
        servers += backends.match(/^ {2}server /gm)?.length ?? 0;
        leftOut += table.leftOut.length;
        writeFileSync(backendsFile, backends);
        const check = spawnSync(program ?? 'haproxy', ['-c', '-f', base, '-f', backendsFile], { encoding: 'utf8' });
        expect({ status: check.status, said: check.status === 0 ? '' : check.stderr }).toEqual({ status: 0, said: '' });
      }),
      { numRuns: 20 },
    );
    // What is generated must not all be left out, nor all be taken.
    expect(servers).toBeGreaterThan(5);
    expect(leftOut).toBeGreaterThan(5);
  });
});
