import { describe, expect, it } from '@jest/globals';
import type { ContainerStats } from '@mooring/rancher-client';
import { OwnRequests } from '../../../src/activity/own-requests.js';
import type { Reading } from '../../../src/activity/reading.js';
import { countsOf, judgeTraffic, Network, type TrafficSeen } from '../../../src/activity/sources/network.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { aTarget, NOW, UID } from './targets.js';

const MINUTE = 60_000;

function look(bytes: readonly (number | [bytes: number, ours: number])[], openCounts = false): Reading[] {
  let seen: TrafficSeen | undefined;
  return bytes.map((each, index) => {
    const [total, ours] = typeof each === 'number' ? [each, 0] : each;
    const sample = { at: NOW + index * MINUTE, counts: new Map([['eth0', total]]), ours };
    const judged = judgeTraffic(seen, sample, { openCounts, longestGapMs: 5 * MINUTE });
    seen = judged.seen;
    return judged.reading;
  });
}
const types = (readings: readonly Reading[]): string[] => readings.map(({ type }) => type);

describe("a container's traffic", () => {
  it('is somebody where it is more than noise', () => {
    const readings = look([0, 100_000]);
    expect(types(readings)).toEqual(['unknown', 'active']);
    expect(readings[1]).toMatchObject({ at: NOW + MINUTE });
  });

  it('is quiet where there is next to none and silent connections are ignored', () => {
    expect(look([0, 2_000, 4_000])[2]).toMatchObject({ type: 'quiet', since: NOW });
    expect(types(look([0, 2_000, 4_000], true))).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it('is neither where our own questions may be all of it', () => {
    expect(types(look([0, [20_000, 1], [100_000, 1], 101_000]))).toEqual(['unknown', 'unknown', 'active', 'quiet']);
  });

  it('is unknown after its counters began anew', () => {
    expect(types(look([500_000, 1_000, 1_500]))).toEqual(['unknown', 'unknown', 'quiet']);
  });
});

const row = (network: ContainerStats['network']): ContainerStats => ({
  id: '1i1',
  timestamp: '',
  cpu: null,
  memory: null,
  network,
  diskio: null,
});

describe('asking for it', () => {
  function start(frames: ContainerStats[][] | Error) {
    const clock = new FakeClock();
    async function* containerStats() {
      if (frames instanceof Error) throw frames;
      yield* frames;
    }
    const source = new Network({ containers: { containerStats }, clock, direct: new OwnRequests(clock), longestGapMs: 5 * MINUTE });
    return async (): Promise<Reading | undefined> => (await source.read([aTarget()], new AbortController().signal)).get(UID);
  }
  const eth0 = (bytes: number) => row({ interfaces: [{ name: 'eth0', rx_bytes: bytes, tx_bytes: bytes }] });

  it('passes over seconds in which nothing was told', async () => {
    const frames = [[row({ interfaces: [] })], [eth0(10)]];
    const read = start(frames);
    expect(await read()).toMatchObject({ type: 'unknown', why: expect.stringContaining('from now on') });
    frames[1] = [eth0(1_000_000)];
    expect(await read()).toMatchObject({ type: 'active' });
  });

  it('is unknown where nobody counts, as with processes', async () => {
    expect(await start([[row(null)], [row(null)], [row(null)], [eth0(1)]])()).toMatchObject({
      why: expect.stringContaining('nobody counts'),
    });
    expect(await start(new Error('500 Internal Server Error'))()).toMatchObject({
      why: expect.stringContaining('500 Internal Server Error'),
    });
  });

  it('takes no other container for it', () => {
    expect(countsOf([eth0(1), eth0(2)])).toBeUndefined();
    expect(countsOf([])).toBeUndefined();
  });
});
