import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildTable, TableBuilder } from '../../src/table/table.js';
import type { Told } from '../../src/table/types.js';
import { container, type Given, SETTINGS } from '../support/containers.js';

/** As over a connection: nothing of one answer is in the next. */
const received = (told: Told): Told => JSON.parse(JSON.stringify(told));
const told = (containers: readonly Given[], aliases?: unknown): Told => received({ containers, aliases });

const given = fc
  .record({
    stack: fc.constantFrom<unknown>('a', 'A', 'b', 'c', 'd e', 7, ''),
    number: fc.integer({ min: 1, max: 4 }),
    state: fc.constantFrom<unknown>('running', 'running', 'stopped', null, {}),
    health: fc.constantFrom<unknown>(null, 'unhealthy', []),
    ip: fc.constantFrom<unknown>('127.0.0.1', '127.0.0.9', '', undefined),
    port: fc.constantFrom<unknown>('80', '81', 80, '0', undefined, ['80']),
    options: fc.constantFrom<unknown>('send-proxy', 'check', '', 'evil', {}),
  })
  .map(({ stack, number, state, health, ip, port, options }) =>
    container(stack, number, { state, health_state: health, primary_ip: ip }, { 'map-public-http': port, proxy_protocol: options }),
  );
const entry = fc.oneof(
  { weight: 12, arbitrary: given as fc.Arbitrary<unknown> },
  fc.constantFrom<unknown>(null, 3, [], {}, { labels: [] }),
);
const aliases = fc.constantFrom<unknown>(undefined, { a: ['www'] }, { a: ['www', 'b'], b: ['x'] }, { b: ['www'], a: ['www'] }, 'nonsense');
const answer: fc.Arbitrary<Told> = fc.record({ containers: fc.array(entry, { maxLength: 8 }), aliases });

describe('tables one after another', () => {
  it('are as each would be by itself, whatever was before', () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 2, maxLength: 6 }), (answers) => {
        const tables = new TableBuilder(SETTINGS);
        for (const one of answers) expect(tables.build(received(one))).toEqual(buildTable(received(one), SETTINGS));
      }),
    );
  });

  it('have the same rows for stacks that nothing has happened to, in whatever order the containers come', () => {
    const tables = new TableBuilder(SETTINGS);
    const containers = [container('a', 1), container('a', 2), container('b', 3), container('c', 4)];
    const before = tables.build(told(containers, { a: ['www'], b: ['x'] })).stacks;
    const again = tables.build(told([...containers].reverse(), { b: ['x'], a: ['www'] })).stacks;
    expect(again.map((row, at) => row === before[at])).toEqual([true, true, true]);
    const moved = containers.map((one) => (one.uuid === 'u3' ? { ...one, primary_ip: '127.0.0.9' } : one));
    const after = tables.build(told([...moved, container('new', 5)], { a: ['www'], b: ['x'] })).stacks;
    expect(after.map((row) => [row.stack, before.includes(row)])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
      ['new', false],
    ]);
    const other = tables.build(told([...moved, container('new', 5)], { a: ['www'], b: ['y'] })).stacks;
    expect(other.map((row) => after.includes(row))).toEqual([true, false, true, true]);
  });
});
