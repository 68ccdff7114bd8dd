import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readRecordings } from '../src/exchange.js';
import { replay, type Verdict } from '../src/replay.js';
import { report } from '../src/report.js';

const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../../shared/rancher-1.6/exchanges', import.meta.url));
const isThere = existsSync(SHARED);

describe('a replay', () => {
  let verdicts: Verdict[];
  beforeAll(async () => {
    verdicts = await replay({ judged: await readRecordings(FIXTURES), others: [] });
  }, 60_000);

  const of = (name: string): Verdict | undefined => verdicts.find((verdict) => verdict.name === name);

  it.each(['10-30-create-stack', '10-30b-states', '10-31-get-stack', '10-32-taken', '10-33-no-such-service', '10-36-ws-unscoped'])(
    'passes %s',
    (name) => {
      expect(of(name)).toEqual({ name, verdict: 'passed' });
    },
  );

  it('says what differs', () => {
    expect(of('10-34-wrong-on-purpose')).toMatchObject({
      verdict: 'failed',
      differences: expect.arrayContaining(['name is "fixture" instead of "another"', 'state is "active" instead of "inactive"']),
    });
    expect(of('10-35-wrong-states')).toMatchObject({ verdict: 'failed', differences: [expect.stringContaining('removing -> removed')] });
  });

  it('skips what has no place, with the reason', () => {
    expect(of('99-01-of-no-block')).toMatchObject({ verdict: 'skipped', reason: expect.stringContaining('block') });
  });

  it('is told line by line and summed up', () => {
    const lines = report(verdicts).trim().split('\n');
    expect(lines.at(-1)).toBe('6 passed, 2 failed, 1 skipped');
    expect(lines).toContainEqual(expect.stringMatching(/^FAILED {2}10-34-wrong-on-purpose: /));
    expect(lines).toContainEqual(expect.stringMatching(/^skipped 99-01-of-no-block: /));
  });
});

const describeShared = isThere ? describe : describe.skip;

describeShared(isThere ? 'local Rancher' : 'local Rancher (skipped: ../shared/rancher-1.6/exchanges is not there)', () => {
  it('answers as recorded', async () => {
    const verdicts = await replay({ judged: await readRecordings(SHARED), others: [] });
    expect(verdicts.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(verdicts.filter(({ verdict }) => verdict === 'passed').length).toBeGreaterThan(0);
  }, 180_000);
});
