import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeImages } from '../../src/images/upgrade-of.js';
import { judgeTags, type Order, orderOf } from '../../src/images/version.js';

/** rancher-service-updater's own table. */
const DOCUMENTED: [string, string, boolean][] = [
  ['1.0', '2.0', true],
  ['2.0', '1.3', false],
  ['1.0', 'latest', true],
  ['latest', 'latest', true],
  ['latest', '1.0', false],
];

/** What is pushed at real registries: deployed, published, how the second lies to the first. */
const HABITS: [string, string, Order][] = [
  ['9.0', '10.0', 'newer'],
  ['1.9', '1.10', 'newer'],
  ['1.10', '1.9', 'older'],
  ['1.2.3', '1.2.4', 'newer'],
  ['1.2.9', '1.2.10', 'newer'],
  ['v1.2', 'v1.3', 'newer'],
  ['v1.2', '1.3', 'newer'],
  ['1.2', 'v1.1', 'older'],
  ['1.2', '1.2.0', 'same'],
  ['v1.2', '1.2', 'same'],
  ['1', '2', 'newer'],
  ['1', '1.1', 'newer'],
  ['1.01', '1.1', 'same'],
  ['4.0.0.1', '4.0.0.2', 'newer'],
  ['123', '124', 'newer'],
  ['99', '100', 'newer'],
  ['99999999999999999999', '100000000000000000000', 'newer'],
  ['2024-05-01', '2024-05-02', 'newer'],
  ['2024-12-31', '2025-01-01', 'newer'],
  ['2024-10-01', '2024-09-30', 'older'],
  ['20240501', '20240502', 'newer'],
  ['20240501', '2024-05-02', 'newer'],
  ['2024-05-01', '20240501', 'same'],
  ['2024.4.0', '2024.10.1', 'newer'],
  ['24.04', '22.04', 'older'],
  ['RELEASE.2024-05-01T01-02-03Z', 'RELEASE.2024-05-01T01-02-04Z', 'newer'],
  ['RELEASE.2024-05-10T01-02-03Z', 'RELEASE.2024-05-07T01-02-03Z', 'older'],
  ['bookworm-20240423', 'bookworm-20240513', 'newer'],
  ['bullseye-20240423', 'bookworm-20240513', 'unordered'],
  ['1.2.3-alpine', '1.2.4-alpine', 'newer'],
  ['1.2.3-alpine', '1.2.4', 'unordered'],
  ['1.2.3', '1.2.4-alpine', 'unordered'],
  ['1.2.3-alpine', '1.2.4-slim', 'unordered'],
  ['1.2.3-alpine3.18', '1.2.4-alpine3.18', 'newer'],
  ['1.2.3-alpine3.18', '1.2.4-alpine3.19', 'unordered'],
  ['3.11-slim-bookworm', '3.12-slim-bookworm', 'newer'],
  ['1.2.3_alpine', '1.2.3-alpine', 'same'],
  ['1.2.3-rc1', '1.2.3', 'newer'],
  ['1.2.3', '1.2.3-rc1', 'older'],
  ['1.2.3-rc.1', '1.2.3-rc.2', 'newer'],
  ['1.2.3-rc9', '1.2.3-rc10', 'newer'],
  ['1.2.3-alpha.2', '1.2.3-beta.1', 'newer'],
  ['1.2.3-beta', '1.2.3-rc1', 'newer'],
  ['1.2.3', '1.3.0-alpha', 'newer'],
  ['3.13.0a6', '3.13.0b1', 'newer'],
  ['3.13.0rc1', '3.13.0', 'newer'],
  ['3.13.0rc1-alpine', '3.13.0-alpine', 'newer'],
  ['1.0-SNAPSHOT', '1.0', 'newer'],
  ['6.0.0-M1', '6.0.0-RC1', 'newer'],
  ['1.2.3-1', '1.2.3-2', 'newer'],
  ['1.2.3-9', '1.2.3-10', 'newer'],
  ['1.2.3', '1.2.3-1', 'newer'],
  ['1.2.3-r1', '1.2.3-r2', 'newer'],
  ['15.3.0-debian-11-r9', '15.3.0-debian-11-r10', 'newer'],
  ['15.3.0-debian-11-r9', '15.4.0-debian-12-r0', 'unordered'],
  ['15.3.0-debian-11', '15.3.0-debian-12', 'unordered'],
  ['4.0.1-ls41', '4.0.1-ls42', 'newer'],
  ['4.0.9-ls41', '4.0.10-ls3', 'newer'],
  ['release-1.9', 'release-1.10', 'newer'],
  ['release-v1.9', 'release-1.10', 'newer'],
  ['jdk-17.0.1', 'jdk-17.0.2', 'newer'],
  ['jdk-17', 'jre-21', 'unordered'],
  ['8-jdk17', '9-jdk17', 'newer'],
  ['main', '1.0', 'unordered'],
  ['1.0', 'main', 'unordered'],
  ['main', 'latest', 'unordered'],
  ['stable', 'stable', 'same'],
  ['edge', 'nightly', 'unordered'],
  ['a1b2c3d', 'd4c3b2a', 'unordered'],
  ['1a2b3c4', '1a2b3c5', 'unordered'],
  ['sha-1234567', 'sha-1234568', 'unordered'],
  ['pr-12', 'pr-13', 'unordered'],
  ['1.2.3-1a2b3c4', '1.2.4-9f8e7d6', 'unordered'],
  ['1.0-alpine', 'latest', 'unordered'],
  ['1.0-alpine', 'latest-alpine', 'newer'],
  ['latest-alpine', '1.0-alpine', 'older'],
  ['latest', 'latest-alpine', 'unordered'],
  ['1.0', '2024-05-01', 'unordered'],
];

it.each(DOCUMENTED)('the documented table: %s, then %s: %s', (from, to, expected) => {
  expect(judgeTags(from, to).upgrade).toBe(expected);
});

describe('tags as real registries have them', () => {
  it.each(HABITS)('%s, then %s: %s', (from, to, expected) => {
    expect(orderOf(from, to)).toBe(expected);
  });

  it('are more than sixty pairs, none twice', () => {
    expect(new Set(HABITS.map((pair) => pair.slice(0, 2).join(' '))).size).toBe(HABITS.length);
    expect(HABITS.length).toBeGreaterThanOrEqual(60);
  });

  it('that have no order are not upgraded, and it is said why', () => {
    expect(judgeTags('main', '1.0')).toEqual({
      upgrade: false,
      ordered: false,
      why: "It can't be told whether 1.0 is newer than main, which runs: main is no version.",
    });
    expect(judgeTags('1.0-alpine', '1.1')).toMatchObject({ ordered: false, why: expect.stringContaining('variant') });
    expect(judgeTags('stable', 'stable')).toMatchObject({ upgrade: false });
    expect(judgeTags('latest-slim', 'latest-slim')).toEqual({ upgrade: true });
  });
});

describe('images', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  it.each([
    ['docker:acme/web:1.0', 'acme/web:2.0', true],
    ['docker:acme/web', 'acme/web', true],
    ['docker:acme/web:1.0', 'acme/web', true],
    ['docker:acme/web:1.0', `acme/web@${digest}`, false],
    [`docker:acme/web:1.0@${digest}`, `acme/web:2.0@${digest}`, false],
    ['docker:acme/web2:1.0', 'acme/web1:2.0', undefined],
    ['docker:not a reference', 'acme/web:2.0', undefined],
  ])('%s, then %s: %s', (running, published, expected) => {
    expect(judgeImages(running, published)?.upgrade).toBe(expected);
  });
});

const number = fc.oneof(fc.integer({ min: 0, max: 12 }).map(String), fc.constantFrom('01', '2024'));
const tag = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', 'v', 'release-'),
      fc.array(number, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '-rc1', '-rc2', '-beta', 'a1'),
      fc.constantFrom('', '-alpine', '-r2', '-alpine-r1', '-3', '-ls4'),
    )
    .map(([prefix, numbers, pre, suffix]) => `${prefix}${numbers.join('.')}${pre}${suffix}`),
  fc.constantFrom('latest', 'latest-alpine', 'main', '2024-05-01', '20240502', 'a1b2c3d'),
  fc.stringMatching(/^\w[\w.-]{0,20}$/),
);
const REVERSED: Record<Order, Order> = { newer: 'older', older: 'newer', same: 'same', unordered: 'unordered' };

describe('the order of tags', () => {
  it('is antisymmetric: nothing goes up and comes down by the same way', () => {
    fc.assert(
      fc.property(tag, tag, (a, b) => {
        expect(orderOf(b, a)).toBe(REVERSED[orderOf(a, b)]);
      }),
      { numRuns: 2000 },
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(tag, tag, tag, (a, b, c) => {
        const rising = (order: Order): boolean => order === 'newer' || order === 'same';
        if (!rising(orderOf(a, b)) || !rising(orderOf(b, c))) return;
        const strict = orderOf(a, b) === 'newer' || orderOf(b, c) === 'newer';
        expect(orderOf(a, c)).toBe(strict ? 'newer' : 'same');
      }),
      { numRuns: 5000 },
    );
  });

  it('never takes anything down, nor to another variant', () => {
    fc.assert(
      fc.property(tag, tag, (from, to) => {
        const verdict = judgeTags(from, to);
        const order = orderOf(from, to);
        expect(verdict.upgrade).toBe(order === 'newer' || (order === 'same' && to.toLowerCase().startsWith('latest')));
      }),
      { numRuns: 2000 },
    );
  });
});
